import { Inbox, TestAgent, TestReader, waitFor } from '@longline/testing';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startTestServer } from '../testing/startTestServer.ts';
import { int64Schema } from '../testing/schemas.ts';

/** Tries an upgrade and resolves to the HTTP status and the error's code. */
async function refusal(
  url: string,
  options: { readonly path?: string; readonly protocols?: string[]; readonly headers?: Record<string, string> },
): Promise<{ status: number | undefined; code: unknown; message: unknown }> {
  const { path = '/api/v1/live', protocols = ['longline.v1'], headers = {} } = options;
  const socket = new WebSocket(url.replace('http', 'ws') + path, protocols, { headers });
  return new Promise((resolve, reject) => {
    socket.on('open', () => reject(new Error('the upgrade was accepted')));
    socket.on('error', () => undefined);
    socket.on('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => {
        const { code, message } = JSON.parse(body) as { code: unknown; message: unknown };
        resolve({ status: response.statusCode, code, message });
      });
    });
  });
}

test('a second line of a device replaces the first, which is closed with 4409', async () => {
  const server = await startTestServer();
  const older = new TestAgent(server.url, 'r1');
  expect(await older.welcomes.first()).toMatchObject({ epoch: 1 });
  const newer = new TestAgent(server.url, 'r1', { software: 'newer' });
  expect(await newer.welcomes.first()).toMatchObject({ epoch: 2 });
  expect(await older.closes.first()).toMatchObject({ closeCode: 4409, code: 'LINE_REPLACED' });
  expect(server.fleet.device('r1').info).toMatchObject({ online: true, epoch: 2, software: 'newer' });
  await newer.stop();
  await waitFor(() => !server.fleet.device('r1').online);
});

test('the late end of a replaced line does not make the device offline', async () => {
  const server = await startTestServer();
  const reader = new TestReader(server.url);
  await reader.subscribe({ id: 1, kind: 'devices' });
  const older = new TestAgent(server.url, 'r1');
  await older.welcomes.first();
  const newer = new TestAgent(server.url, 'r1');
  await newer.welcomes.first();
  await older.closes.first();
  newer.send(newer.advertise(1, '/count', int64Schema), { data: 1n });
  await waitFor(() => server.fleet.device('r1').latest('/count'));
  expect(reader.devices.items.filter(({ online }) => !online)).toEqual([]);
});

test('an unknown path, a missing subprotocol and a stranger are refused before the upgrade, each with its code', async () => {
  const { url } = await startTestServer();
  expect(await refusal(url, { path: '/api/v1/other' })).toMatchObject({ status: 404, code: 'ROUTE_UNKNOWN' });
  expect(await refusal(url, { protocols: [] })).toMatchObject({
    status: 400,
    code: 'SUBPROTOCOL_REQUIRED',
    message: expect.stringContaining('longline.v1') as string,
  });
  expect(await refusal(url, { protocols: ['longline.v9'] })).toMatchObject({ code: 'SUBPROTOCOL_REQUIRED' });
  for (const path of ['/api/v1/line', '/api/v1/live']) {
    expect(await refusal(url, { path, headers: { host: 'evil.example' } })).toMatchObject({
      status: 403,
      code: 'HOST_FORBIDDEN',
    });
    for (const origin of ['https://evil.example', 'null', 'http://localhost:1', 'nonsense']) {
      expect(await refusal(url, { path, headers: { origin } })).toMatchObject({
        status: 403,
        code: 'ORIGIN_FORBIDDEN',
      });
    }
  }
});

test('the pages of the server itself may open a reader', async () => {
  const { url, port } = await startTestServer();
  const opened = new Inbox<string>();
  const socket = new WebSocket(`ws://localhost:${port}/api/v1/live`, ['longline.v1'], {
    headers: { host: `localhost:${port}`, origin: `http://localhost:${port}` },
  });
  socket.on('open', () => opened.add(socket.protocol));
  expect(await opened.first()).toBe('longline.v1');
  socket.terminate();
  expect(url).toContain(String(port));
});

test('a reader on the path of agents, a text frame, garbage and an oversized frame end the line, not the server', async () => {
  const server = await startTestServer({ limits: { line: { maxFrameBytes: 64 * 1024 } } });
  const base = server.url.replace('http', 'ws');
  const closeOf = async (path: string, data: string | Uint8Array): Promise<number> => {
    const socket = new WebSocket(base + path, ['longline.v1']);
    const closes = new Inbox<number>();
    socket.on('open', () => socket.send(data));
    socket.on('close', closes.add);
    return closes.first();
  };
  const hello = new TextEncoder().encode(JSON.stringify({ role: 'reader', software: '', features: [] }));
  const record = new Uint8Array([1, hello.length, 0, 0, 0, ...hello]);
  // An agent's hello is made otherwise (clause 2.8).
  expect(await closeOf('/api/v1/line', record)).toBe(4400);
  for (const path of ['/api/v1/line', '/api/v1/live']) {
    expect(await closeOf(path, 'text')).toBe(4400);
    expect(await closeOf(path, new Uint8Array([0xff, 1, 2]))).toBe(4400);
    expect(await closeOf(path, new Uint8Array(0))).toBe(4400);
    expect(await closeOf(path, new Uint8Array(65 * 1024))).toBe(1009);
  }
  const reader = new TestReader(server.url);
  await reader.welcomes.first();
});

test('a device beyond the bound is refused, a known one still comes back', async () => {
  const server = await startTestServer({ limits: { maxDevices: 1 } });
  const known = new TestAgent(server.url, 'r1');
  await known.welcomes.first();
  const further = new TestAgent(server.url, 'r2');
  expect(await further.closes.first()).toMatchObject({ closeCode: 4429, code: 'DEVICE_LIMIT' });
  await known.stop();
  const back = new TestAgent(server.url, 'r1');
  await back.welcomes.first();
  expect(server.fleet.devices()).toHaveLength(1);
});

test('readers and sockets beyond their bounds are refused', async () => {
  const server = await startTestServer({ limits: { maxReaders: 1, maxSockets: 3 } });
  const first = new TestReader(server.url);
  await first.welcomes.first();
  const second = new TestReader(server.url);
  expect(await second.closes.first()).toMatchObject({ code: 'LIMIT_EXCEEDED' });
  const agents = [new TestAgent(server.url, 'r1'), new TestAgent(server.url, 'r2')];
  await Promise.all(agents.map((agent) => agent.welcomes.first()));
  expect(await refusal(server.url, {})).toMatchObject({ status: 503, code: 'READER_LIMIT' });
});

test('one topic is one channel, though an agent gives it a second number', async () => {
  const server = await startTestServer();
  const agent = new TestAgent(server.url, 'r1');
  await agent.welcomes.first();
  const first = agent.advertise(1, '/count', int64Schema);
  const second = agent.advertise(2, '/count', int64Schema);
  agent.send(first, { data: 1n });
  agent.send(second, { data: 2n });
  await waitFor(() => server.fleet.device('r1').latest('/count'));
  expect(server.fleet.device('r1').channels()).toMatchObject([{ topic: '/count', messages: 1 }]);
  expect(server.fleet.device('r1').latest('/count')?.message.value).toEqual({ data: 2n });
});
