import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { TestAgent, TestReader, waitFor } from '@longline/testing';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { startServer } from './startServer.ts';
import { int64Schema } from './testing/schemas.ts';
import { startTestServer } from './testing/startTestServer.ts';

test('what a robot sends arrives at a reader, byte for byte, with its definition', async () => {
  const server = await startTestServer();
  const agent = new TestAgent(server.url, 'r1');
  await agent.welcomes.first();
  const channel = agent.advertise(1, '/count', int64Schema);
  agent.send(channel, { data: 9007199254740993n });
  const reader = new TestReader(server.url);
  await reader.subscribe({ id: 1, kind: 'topics', device: '*', topic: '/**' });
  agent.send(channel, { data: -1n });
  const last = await reader.messages.first(({ value }) => value['data'] === -1n);
  expect(last.channel).toMatchObject({ topic: '/count', device: 'r1', schema: int64Schema });
});

test.each(['0.0.0.0', '::', '192.168.1.5', 'robots.example.com'])(
  'the server refuses to listen on %s while it has no credentials',
  async (host) => {
    await expect(startServer({ host, port: 0 })).rejects.toMatchObject({
      code: 'ADDRESS_NOT_LOOPBACK',
      message: expect.stringContaining('--unlocked-network') as string,
    });
  },
);

test('an unlocked network is served with a loud warning, under any host name', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  const server = await startTestServer({ host: '0.0.0.0', unlockedNetwork: true, log });
  expect(lines.join()).toContain('UNLOCKED');
  const response = await fetch(`${server.url}/healthz`);
  expect(response.status).toBe(200);
});

test('a port that is taken is named, with what to do; of a server that never ran the log says nothing', async () => {
  const server = await startTestServer();
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  await expect(startServer({ port: server.port, log })).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    message: expect.stringContaining('--port') as string,
  });
  expect(lines).toEqual([]);
});

test('an address that is not of this machine is refused with a code', async () => {
  await expect(
    startServer({ host: '203.0.113.7', port: 0, unlockedNetwork: true, log: pino({ enabled: false }) }),
  ).rejects.toMatchObject({
    code: 'ADDRESS_UNUSABLE',
  });
});

test('stop() tells every line why, waits for them, and may be called twice', async () => {
  const server = await startServer({ port: 0 });
  const agent = new TestAgent(server.url, 'r1');
  const reader = new TestReader(server.url);
  await agent.welcomes.first();
  await reader.welcomes.first();
  const port = server.openPort();
  const portClosed = once(port, 'close');
  port.start();
  await Promise.all([server.stop(), server.stop()]);
  expect(await agent.closes.first()).toMatchObject({ closeCode: 4503, code: 'SERVER_STOPPING' });
  expect(await reader.closes.first()).toMatchObject({ closeCode: 4503, code: 'SERVER_STOPPING' });
  await portClosed;
  expect(() => server.openPort()).toThrow('stopping');
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
});

test('a worker thread reads devices through a port', async () => {
  const server = await startTestServer();
  const agent = new TestAgent(server.url, 'r1');
  await agent.welcomes.first();
  const channel = agent.advertise(1, '/count', int64Schema);
  agent.send(channel, { data: 42n });
  await waitFor(() => server.fleet.device('r1').latest('/count'));
  const port = server.openPort();
  const worker = new Worker(new URL('./testing/readerWorker.ts', import.meta.url), {
    workerData: { port, topic: '/count' },
    transferList: [port],
    execArgv: ['--conditions=@longline/source'],
  });
  onTestFinished(async () => {
    await worker.terminate();
  });
  const [seen] = (await once(worker, 'message')) as [unknown];
  expect(seen).toEqual({ device: 'r1', topic: '/count', json: '{"data":42}' });
});

test('a program reads, watches and commands devices within the process', async () => {
  const server = await startTestServer();
  const changes = server.fleet.watch();
  const device = server.fleet.device(1722);
  expect(device.online).toBe(false);
  expect(device.latest('/count')).toBeUndefined();
  const messages = device.messages('/**')[Symbol.asyncIterator]();
  const first = messages.next();

  const agent = new TestAgent(server.url, '1722', {
    answer: ({ request: { action } }) =>
      action.kind === 'publish' ? [{ state: 'done' }, '{"subscribers":2}'] : undefined,
  });
  await agent.welcomes.first();
  expect((await changes.next()).value).toMatchObject({ id: '1722', online: true });
  const channel = agent.advertise(1, '/count', int64Schema);
  agent.send(channel, { data: 5n });
  expect((await first).value?.value).toEqual({ data: 5n });
  expect(device.latest('/count')).toMatchObject({ device: '1722', topic: '/count' });
  expect(device.latest('/count')?.message).toBe(device.latest('/count')?.message);
  expect(device.channels()).toMatchObject([{ topic: '/count', type: 'std_msgs/Int64', live: true, messages: 1 }]);

  const done = await device.command({
    kind: 'publish',
    topic: '/x',
    type: 'std_msgs/Int64',
    message: { data: 2n ** 60n },
  });
  expect(done).toMatchObject({ state: 'done', issuer: 'local', result: { subscribers: 2 } });
  const { request, payload } = await agent.requests.first();
  expect(request).toMatchObject({ issuer: 'local', token: 0, action: { kind: 'publish', encoding: 'json' } });
  expect(new TextDecoder().decode(payload)).toBe('{"data":1152921504606846976}');

  await messages.return(undefined);
  await agent.stop();
  await waitFor(() => !device.online);
  expect(device.channels()).toMatchObject([{ topic: '/count', live: false }]);
  expect(device.latest('/count')?.message.value).toEqual({ data: 5n });
  await expect(device.command({ kind: 'call', service: '/s' })).resolves.toMatchObject({
    state: 'rejected',
    code: 'DEVICE_OFFLINE',
  });
});

test('a device is a RosGraph: subscriptions wait for it, operations go over its line', async () => {
  const server = await startTestServer();
  const device = server.fleet.device('r1');
  const statuses: string[] = [];
  const stopWatching = device.watch({ handleStatus: ({ state }) => void statuses.push(state) });
  const seen: unknown[] = [];
  const subscription = await device.subscribe(
    { topic: '/count' },
    { handleMessage: ({ value }) => void seen.push(value['data']) },
  );
  await expect(device.listParameters()).rejects.toMatchObject({ code: 'DEVICE_UNKNOWN' });
  const agent = new TestAgent(server.url, 'r1', {
    answer: ({ request: { action } }) =>
      action.kind === 'parameter.list'
        ? [{ state: 'done' }, '{"names":["/a"]}']
        : [{ state: 'rejected', code: 'NOT_ALLOWED', message: 'no' }],
  });
  await agent.welcomes.first();
  agent.end.sendStatus({ ros: { state: 'connected' }, simulatedTime: false, standing: [] });
  agent.send(agent.advertise(1, '/count', int64Schema), { data: 1n });
  await waitFor(() => seen.length === 1 && statuses.at(-1) === 'connected');
  expect(await device.listParameters()).toEqual(['/a']);
  await expect(device.setParameter('/a', 1)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  subscription.close();
  stopWatching();
  await device.close();
  await expect(device.listParameters()).rejects.toMatchObject({ code: 'GRAPH_CLOSED' });
});

test.each(['', 'two\nlines', 'x'.repeat(129)])('%j is no name of a server: robots sign it', async (name) => {
  await expect(startServer({ port: 0, name })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
});
