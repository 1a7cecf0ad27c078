import { Inbox, TestAgent, TestReader, waitFor } from '@longline/testing';
import type { Reply } from '@longline/line';
import { expect, test } from 'vitest';
import { bytesSchema, floatSchema, int64Schema } from '../testing/schemas.ts';
import { startTestServer } from '../testing/startTestServer.ts';

async function joined(url: string, device: string): Promise<TestAgent> {
  const agent = new TestAgent(url, device);
  await agent.welcomes.first();
  return agent;
}

test('a subscription brings channels, last values, a mark, then every message', async () => {
  const server = await startTestServer();
  const agent = await joined(server.url, 'r1');
  const a = agent.advertise(1, '/a', int64Schema);
  agent.advertise(2, '/b', int64Schema);
  agent.send(a, { data: 1n });
  await waitFor(() => server.fleet.device('r1').latest('/a'));
  const reader = new TestReader(server.url);
  await reader.subscribe({ id: 7, kind: 'topics', device: 'r1', topic: '/*' });
  expect(reader.advertised.items.map(({ topic }) => topic)).toEqual(['/a', '/b']);
  expect(reader.messages.items.map(({ value }) => value['data'])).toEqual([1n]);
  const c = agent.advertise(3, '/c', floatSchema);
  agent.send(c, { data: 0.5 });
  expect(await reader.messages.first(({ channel }) => channel.topic === '/c')).toMatchObject({ value: { data: 0.5 } });
});

test('patterns of devices and topics choose, also among those that come later', async () => {
  const server = await startTestServer();
  const reader = new TestReader(server.url);
  await reader.subscribe({ id: 1, kind: 'topics', device: 'truck-*', topic: '/pose' });
  await reader.subscribe({ id: 2, kind: 'topics', device: 'car', topic: '/**' });
  for (const device of ['truck-1', 'car', 'boat']) {
    const agent = await joined(server.url, device);
    agent.send(agent.advertise(1, '/pose', int64Schema), { data: 1n });
    agent.send(agent.advertise(2, '/other', int64Schema), { data: 2n });
  }
  await waitFor(() => server.fleet.device('boat').latest('/other'));
  await reader.messages.take(3);
  const seen = reader.advertised.items.map(({ device, topic }) => `${device ?? ''}${topic}`);
  expect(seen).toEqual(['truck-1/pose', 'car/pose', 'car/other']);
});

test('overlapping subscriptions bring each message once, and the highest rate wins', async () => {
  const server = await startTestServer();
  const agent = await joined(server.url, 'r1');
  const channel = agent.advertise(1, '/a', int64Schema);
  const reader = new TestReader(server.url);
  await reader.subscribe({ id: 1, kind: 'topics', device: 'r1', topic: '/a', rateHz: 0.01 });
  await reader.subscribe({ id: 2, kind: 'topics', device: '*', topic: '/**' });
  for (let i = 0n; i < 10n; i++) agent.send(channel, { data: i });
  await reader.messages.first(({ value }) => value['data'] === 9n);
  expect(reader.messages.items.map(({ value }) => value['data'])).toEqual([0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n]);
});

test('unsubscribing stops the messages; what another subscription asks for goes on', async () => {
  const server = await startTestServer();
  const agent = await joined(server.url, 'r1');
  const [a, b] = [agent.advertise(1, '/a', int64Schema), agent.advertise(2, '/b', int64Schema)];
  const reader = new TestReader(server.url);
  await reader.subscribe({ id: 1, kind: 'topics', device: 'r1', topic: '/**' });
  await reader.subscribe({ id: 2, kind: 'topics', device: 'r1', topic: '/b' });
  reader.end.unsubscribe(1);
  await reader.subscribe({ id: 3, kind: 'devices' });
  agent.send(a, { data: 1n });
  agent.send(b, { data: 2n });
  await reader.messages.first(({ value }) => value['data'] === 2n);
  expect(reader.messages.items).toHaveLength(1);
});

test('`once` brings the present values and ends, `channelsOnly` brings no values', async () => {
  const server = await startTestServer();
  const agent = await joined(server.url, 'r1');
  const a = agent.advertise(1, '/a', int64Schema);
  agent.send(a, { data: 1n });
  await waitFor(() => server.fleet.device('r1').latest('/a'));
  const reader = new TestReader(server.url);
  await reader.subscribe({ id: 1, kind: 'topics', device: 'r1', topic: '/**', channelsOnly: true });
  expect(reader.advertised.items).toHaveLength(1);
  expect(reader.messages.items).toHaveLength(0);
  await reader.subscribe({ id: 2, kind: 'topics', device: 'r1', topic: '/**', once: true });
  expect(reader.messages.items).toHaveLength(1);
  agent.send(a, { data: 2n });
  await waitFor(() => server.fleet.device('r1').latest('/a')?.message.value['data'] === 2n);
  await reader.subscribe({ id: 3, kind: 'topics', device: 'r1', topic: '/**', once: true });
  expect(reader.messages.items.map(({ value }) => value['data'])).toEqual([1n, 2n]);
  expect(reader.advertised.items).toHaveLength(1);
});

test('a changed definition is advertised under the same ID, a topic that is back keeps it too', async () => {
  const server = await startTestServer();
  const agent = await joined(server.url, 'r1');
  const reader = new TestReader(server.url);
  await reader.subscribe({ id: 1, kind: 'topics', device: 'r1', topic: '/a' });
  agent.send(agent.advertise(1, '/a', int64Schema), { data: 1n });
  const [first] = await reader.advertised.take(1);
  agent.end.unadvertise([1]);
  expect(await reader.unadvertised.first()).toMatchObject({ id: first!.id });
  agent.send(agent.advertise(2, '/a', int64Schema), { data: 2n });
  await reader.messages.first(({ value }) => value['data'] === 2n);
  agent.send(agent.advertise(3, '/a', floatSchema), { data: 1.5 });
  await reader.messages.first(({ value }) => value['data'] === 1.5);
  const ids = reader.advertised.items.map(({ id, schema }) => [id, schema.name]);
  expect(ids).toEqual([
    [first!.id, 'std_msgs/Int64'],
    [first!.id, 'std_msgs/Int64'],
    [first!.id, 'std_msgs/Float64'],
  ]);
});

test('device records tell presence and status, newest epoch and clock', async () => {
  const server = await startTestServer();
  const before = await joined(server.url, 'r0');
  const reader = new TestReader(server.url);
  await reader.subscribe({ id: 1, kind: 'devices' });
  expect(reader.devices.items).toMatchObject([{ device: 'r0', online: true, epoch: 1, robot: 'test:' }]);
  before.end.sendStatus({ ros: { state: 'connected' }, simulatedTime: true, standing: [] });
  await reader.devices.first(({ status }) => status.simulatedTime);
  await before.stop();
  await reader.devices.first(({ online }) => !online);
  await joined(server.url, 'r1');
  const measured = await reader.devices.first(({ device, clock }) => device === 'r1' && clock !== undefined);
  expect(Math.abs(measured.clock!.offsetMs)).toBeLessThan(1_000);
});

test('a slow reader gets the newest and is told of its drops; the other reader and the robot notice nothing', async () => {
  const server = await startTestServer({ limits: { line: { windowBytes: 256 * 1024 } } });
  const agent = await joined(server.url, 'r1');
  const channel = agent.advertise(1, '/big', bytesSchema);
  const [slow, quick] = [new TestReader(server.url), new TestReader(server.url)];
  for (const reader of [slow, quick]) {
    await reader.subscribe({ id: 1, kind: 'topics', device: 'r1', topic: '/big' });
  }
  slow.socket.pause();
  const count = 300;
  for (let i = 0; i < count; i++) {
    agent.send(channel, { data: new Uint8Array(100 * 1024).fill(i) });
    await quick.messages.take(i + 1);
  }
  expect(quick.messages.items.map(({ sequence }) => sequence)).toEqual(Array.from({ length: count }, (_, i) => i));
  slow.socket.resume();
  await slow.messages.first(({ sequence }) => sequence === count - 1);
  await waitFor(
    () => slow.dropped.items.reduce((sum, { count: n }) => sum + n, 0) + slow.messages.items.length === count,
  );
  expect(slow.messages.items.length).toBeLessThan(count);
  expect(slow.closes.items).toEqual([]);
});

test('a mark comes after the last values that it tells of, also on a congested line', async () => {
  const server = await startTestServer({ limits: { line: { windowBytes: 64 * 1024 } } });
  const agent = await joined(server.url, 'r1');
  const count = 40;
  for (let i = 0; i < count; i++) {
    agent.send(agent.advertise(i, `/big${i}`, bytesSchema), { data: new Uint8Array(200 * 1024) });
  }
  await waitFor(() => server.fleet.device('r1').latest(`/big${count - 1}`));
  const reader = new TestReader(server.url);
  await reader.welcomes.first();
  reader.socket.pause();
  reader.end.subscribe({ id: 1, kind: 'topics', device: 'r1', topic: '/**', once: true });
  setImmediate(() => reader.socket.resume());
  await reader.marks.first();
  expect(reader.messages.items).toHaveLength(count);
});

test('requests go to the robot and its words come back; the ID of a command is kept', async () => {
  const server = await startTestServer();
  const agent = new TestAgent(server.url, 'r1', {
    answer: ({ request, payload }) => {
      if (request.action.kind !== 'call') return [{ state: 'rejected', code: 'NOT_ALLOWED', message: 'not here' }];
      agent.reply(request.id, { state: 'received' });
      return [{ state: 'done', encoding: 'json' }, `{"got":${new TextDecoder().decode(payload)}}`];
    },
  });
  await agent.welcomes.first();
  const reader = new TestReader(server.url);
  await reader.welcomes.first();
  const replies = new Inbox<Reply>();
  const call = { kind: 'call', service: '/s', encoding: 'json' } as const;
  const done = await reader.request('r1', call, { payload: '{"n":1}', id: 'c1', ageMs: 100, replies });
  expect(new TextDecoder().decode(done.payload)).toBe('{"got":{"n":1}}');
  expect(replies.items.map(({ state }) => state)).toEqual(['received', 'done']);
  const { request, ageMs } = await agent.requests.first();
  expect(request).toMatchObject({ id: 'c1', issuer: 'local', token: 0 });
  expect(ageMs).toBeGreaterThanOrEqual(100);
  expect(await reader.request('r1', { kind: 'graph' })).toMatchObject({ state: 'rejected', code: 'NOT_ALLOWED' });
  expect(server.fleet.device('r1').commands()).toMatchObject([{ id: 'c1', kind: 'call', state: 'done' }]);
});

test('a command with an ID that is known is answered from what is known, and executed once', async () => {
  const server = await startTestServer();
  const agent = new TestAgent(server.url, 'r1', { answer: () => [{ state: 'done' }, '{"subscribers":1}'] });
  await agent.welcomes.first();
  const reader = new TestReader(server.url);
  await reader.welcomes.first();
  const publish = { kind: 'publish', topic: '/x', encoding: 'json' } as const;
  for (let i = 0; i < 3; i++) {
    const reply = await reader.request('r1', publish, { payload: '{}', id: 'same' });
    expect(new TextDecoder().decode(reply.payload)).toBe('{"subscribers":1}');
  }
  expect(agent.requests.items).toHaveLength(1);
  expect(await reader.request('r1', publish, { payload: '{"other":1}', id: 'same' })).toMatchObject({
    state: 'rejected',
    code: 'COMMAND_ID_REUSED',
  });
});

test('an unknown or offline device is refused at once, and nothing reaches it later', async () => {
  const server = await startTestServer();
  const reader = new TestReader(server.url);
  await reader.welcomes.first();
  const publish = { kind: 'publish', topic: '/x', encoding: 'json' } as const;
  expect(await reader.request('r1', publish)).toMatchObject({ state: 'rejected', code: 'DEVICE_UNKNOWN' });
  const agent = await joined(server.url, 'r1');
  await agent.stop();
  await waitFor(() => !server.fleet.device('r1').online);
  expect(await reader.request('r1', publish)).toMatchObject({ state: 'rejected', code: 'DEVICE_OFFLINE' });
  expect(await reader.request('r1', { kind: 'graph' })).toMatchObject({ state: 'rejected', code: 'DEVICE_OFFLINE' });
  const back = await joined(server.url, 'r1');
  await reader.subscribe({ id: 1, kind: 'devices' });
  expect(back.requests.items).toEqual([]);
});

test('when the robot goes before it answers, the reader hears at once that the outcome is unknown', async () => {
  const server = await startTestServer();
  const agent = await joined(server.url, 'r1');
  const reader = new TestReader(server.url);
  await reader.welcomes.first();
  const reply = reader.request('r1', { kind: 'call', service: '/s', encoding: 'json' }, { deadlineMs: 60_000 });
  await agent.requests.first();
  agent.socket.terminate();
  expect(await reply).toMatchObject({ state: 'unknown', code: 'LINE_CLOSED' });
});

test('a bad pattern, too many requests and too large a payload cost their maker, nobody else', async () => {
  const server = await startTestServer({ limits: { line: { maxOpenRequests: 3 } } });
  const agent = await joined(server.url, 'r1');
  const reader = new TestReader(server.url);
  await reader.welcomes.first();
  const call = { kind: 'call', service: '/s', encoding: 'json' } as const;
  const large = await reader.request('r1', call, { payload: 'x'.repeat(16 * 1024 * 1024 - 1024) });
  expect(large).toMatchObject({ state: 'rejected', code: 'BODY_TOO_LARGE' });
  for (let i = 0; i < 3; i++) void reader.request('r1', call);
  expect(await reader.request('r1', call)).toMatchObject({ state: 'rejected', code: 'LIMIT_EXCEEDED' });
  expect(await reader.request('r1', call, { ageMs: 86_400_000, deadlineMs: 86_400_000 })).toMatchObject({
    code: 'LIMIT_EXCEEDED',
  });
  reader.end.subscribe({ id: 1, kind: 'topics', device: 'r1', topic: 'no slash' });
  expect(await reader.closes.first()).toMatchObject({ closeCode: 4400, code: 'FRAME_MALFORMED' });
  expect(agent.closes.items).toEqual([]);
});
