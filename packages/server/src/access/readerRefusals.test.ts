import { FrameBuilder, recordKinds, subprotocols, subscribeSchema } from '@longline/line';
import type { Action, RecordKindName, SubscribeRecord } from '@longline/line';
import { Inbox, TestReader, waitFor } from '@longline/testing';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { askers, startAskedServer, strangers } from './Askers.fixture.ts';
import type { AskedServer, Asker } from './Askers.fixture.ts';
import { everyAction, providingKinds, readingKinds } from './everyAction.fixture.ts';

/** Every kind of record: what is judged by rights, what is of the line itself, and what a reader may not send. */
const kindsOfRecords: Readonly<Record<RecordKindName, 'judged' | 'line' | 'refused'>> = {
  hello: 'line',
  welcome: 'refused',
  challenge: 'refused',
  schema: 'refused',
  advertise: 'refused',
  unadvertise: 'refused',
  message: 'refused',
  dropped: 'refused',
  part: 'line',
  packed: 'refused',
  demand: 'refused',
  request: 'judged',
  reply: 'refused',
  status: 'refused',
  report: 'refused',
  ping: 'line',
  pong: 'line',
  ack: 'line',
  ackRequest: 'line',
  subscribe: 'judged',
  // Of a subscription that was judged.
  unsubscribe: 'line',
  mark: 'refused',
  device: 'refused',
  line: 'refused',
};

const everySubscription: readonly SubscribeRecord[] = subscribeSchema.options.map((option, id) =>
  subscribeSchema.parse({ id, kind: option.shape.kind.value, device: 'r1', topic: '/**' }),
);

/** Those that are about one topic, service or parameter that is written. */
const writingKinds = [
  'publish',
  'call',
  'parameter.set',
  'parameter.delete',
  'standing.set',
  'topic.advertise',
  'topic.unadvertise',
  ...providingKinds,
];

function readerOf({ locked, tokenOf }: AskedServer, asker: Asker): TestReader {
  const reader = new TestReader(locked.server.url, { token: tokenOf(asker) });
  onTestFinished(() => reader.socket.terminate());
  return reader;
}

/** What becomes of an action that a reader asks for. */
async function outcome(reader: TestReader, action: Action, token = 0): Promise<string> {
  await reader.welcomes.first();
  if (action.kind !== 'motion') return (await reader.request('r1', action)).code ?? 'let in';
  // Of frames only refusals are told; one without a lease is refused.
  const codes = new Inbox<string | undefined>();
  reader.end.openStream('s1', ({ code }) => codes.add(code));
  const frame = { id: 's1', device: 'r1', issuer: '', ageMs: 0, deadlineMs: 1_000, token, sequence: 0, action };
  reader.end.motion(frame, new TextEncoder().encode('{}'));
  return (await codes.first()) ?? '';
}

/** Every kind of action with what became of it; a refusal for other reasons than rights is none here. */
async function outcomes(reader: TestReader): Promise<Record<string, string>> {
  const told: Record<string, string> = {};
  for (const action of everyAction) {
    const code = await outcome(reader, action);
    told[action.kind] = /^(?:FORBIDDEN|.*_UNKNOWN)$/.test(code) ? code : 'let in';
  }
  return told;
}

const each = (judge: (kind: string) => string): Record<string, string> =>
  Object.fromEntries(everyAction.map(({ kind }) => [kind, judge(kind)]));

test.each(askers)('%s opens a WebSocket only with a token that is valid', async (asker) => {
  const server = await startAskedServer();
  const token = server.tokenOf(asker);
  const socket = new WebSocket(`${server.locked.server.url.replace('http', 'ws')}/api/v1/live`, [...subprotocols], {
    headers: token === '' ? {} : { authorization: `Bearer ${token}` },
  });
  onTestFinished(() => socket.terminate());
  const said = await new Promise<string>((resolve) => {
    socket.on('open', () => resolve('let in'));
    socket.on('error', () => undefined);
    socket.on('unexpected-response', (_request, response) => {
      response.setEncoding('utf8').once('data', (text: string) => {
        resolve(`${response.statusCode} ${(JSON.parse(text) as { code: string }).code}`);
      });
    });
  });
  const code = strangers.get(asker);
  expect(said).toBe(code === undefined ? 'let in' : `401 ${code}`);
});

test('of a robot, a viewer may ask what changes nothing, an operator everything, one of other devices nothing', async () => {
  const server = await startAskedServer();
  expect(await outcomes(readerOf(server, 'a viewer'))).toEqual(
    each((kind) => (readingKinds.includes(kind) ? 'let in' : 'FORBIDDEN')),
  );
  server.robot.requests.clear();
  expect(await outcomes(readerOf(server, 'an operator of other devices'))).toEqual(each(() => 'DEVICE_UNKNOWN'));
  expect(server.robot.requests.items).toEqual([]);
  expect(await outcomes(readerOf(server, 'an operator'))).toEqual(each(() => 'let in'));
});

test('every kind of subscription shows a robot to who may see it, and silence to others, also later', async () => {
  const server = await startAskedServer();
  const viewer = readerOf(server, 'a viewer');
  const other = readerOf(server, 'an operator of other devices');
  const shown = (reader: TestReader): number[] =>
    [reader.devices, reader.advertised, reader.messages, reader.lines].map(({ items }) => items.length);
  await waitFor(() => server.locked.server.fleet.device('r1').latest('/t'));
  for (const subscription of everySubscription) {
    await viewer.subscribe(subscription);
    await other.subscribe(subscription);
  }
  expect(shown(viewer).every((count) => count > 0)).toBe(true);
  const before = viewer.devices.items.length;
  await server.robot.stop();
  await viewer.devices.first(({ online }) => !online);
  expect(viewer.devices.items.length).toBeGreaterThan(before);
  await other.subscribe({ id: 100, kind: 'devices' });
  expect(shown(other)).toEqual([0, 0, 0, 0]);
});

test('a reader limited to some topics is shown those, and moves nothing else', async () => {
  const server = await startAskedServer();
  const { locked, robot } = server;
  const token = await locked.add('limited', { devices: ['r*'], read: ['/t'], write: ['/lights'] });
  const reader = new TestReader(locked.server.url, { token });
  onTestFinished(() => reader.socket.terminate());
  const secret = robot.advertise(2, '/secret', { name: 'std_msgs/Int64', encoding: 'ros1msg', text: 'int64 data\n' });
  robot.send(secret, { data: 2n });
  await waitFor(() => locked.server.fleet.device('r1').latest('/secret'));
  await reader.subscribe({ id: 1, kind: 'topics', device: '*', topic: '/**' });
  await reader.subscribe({ id: 2, kind: 'topics', device: 'r1', topic: '/secret' });
  expect(reader.advertised.items.map(({ topic }) => topic)).toEqual(['/t']);
  expect(reader.messages.items.map(({ channel }) => channel.topic)).toEqual(['/t']);
  expect(await outcomes(reader)).toEqual(each((kind) => (writingKinds.includes(kind) ? 'FORBIDDEN' : 'let in')));
  await reader.request('r1', { kind: 'lease.take', holdMs: 60_000, takeOver: true });
  const { lease } = locked.server.fleet.device('r1').info ?? {};
  expect(await outcome(reader, { kind: 'motion', topic: '/t', encoding: 'json' }, lease?.token)).toBe('FORBIDDEN');
  expect(await outcome(reader, { kind: 'snapshot', topic: '/secret' })).toBe('TOPIC_UNKNOWN');
  expect(await outcome(reader, { kind: 'publish', topic: '/lights', encoding: 'json' })).toBe('let in');
});

test.each(Object.entries(kindsOfRecords).filter(([, what]) => what === 'refused'))(
  'a reader that sends a record of the kind %s is out',
  async (kind) => {
    const server = await startAskedServer();
    const reader = readerOf(server, 'an administrator');
    await reader.welcomes.first();
    const frame = new FrameBuilder();
    frame.append(recordKinds[kind as RecordKindName], new Uint8Array(40));
    reader.socket.send(frame.take().slice());
    expect(['FRAME_UNEXPECTED', 'FRAME_MALFORMED']).toContain((await reader.closes.first()).code);
  },
);
