import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { makeCertificate, TestAgent, TestReader, waitFor } from '@longline/testing';
import type { TestCertificate } from '@longline/testing';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { bytesSchema, int64Schema } from '../testing/schemas.ts';
import { startLockedServer } from '../testing/startLockedServer.ts';
import { startTestServer } from '../testing/startTestServer.ts';

// Real sockets against a real server.

const silent = pino({ enabled: false });

function tlsFiles(): { readonly cert: string; readonly key: string; write(pair: TestCertificate): void } {
  const dir = mkdtempSync(join(tmpdir(), 'longline-network-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const [cert, key] = [join(dir, 'cert.pem'), join(dir, 'key.pem')];
  return {
    cert,
    key,
    write(pair) {
      writeFileSync(cert, pair.cert);
      writeFileSync(key, pair.key, { mode: 0o600 });
    },
  };
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Everything that comes until the connection ends. */
async function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, 'close');
  return text;
}

async function handshake(port: number, ca: string, options = {}): Promise<TLSSocket> {
  const socket = connectTls({ port, host: '127.0.0.1', ca, servername: 'localhost', ...options });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

test('TLS: pages and WebSockets, browsers told to stay with it, nothing older than 1.2', async () => {
  const files = tlsFiles();
  const pair = makeCertificate();
  files.write(pair);
  const server = await startTestServer({ tls: files, log: silent });
  expect(server.url).toMatch(/^https:/);
  const [response] = (await once(get(`${server.url}/healthz`, { ca: pair.cert }), 'response')) as [
    { statusCode: number; headers: Record<string, string> },
  ];
  expect(response.statusCode).toBe(200);
  expect(response.headers['strict-transport-security']).toBe('max-age=31536000');
  const socket = new WebSocket(`wss://127.0.0.1:${server.port}/api/v1/live`, ['longline.v1'], { ca: pair.cert });
  await once(socket, 'open');
  socket.terminate();
  await expect(handshake(server.port, pair.cert, { maxVersion: 'TLSv1.1' })).rejects.toThrow();
});

test('a renewed certificate is shown to who comes next, and who is there stays', async () => {
  const files = tlsFiles();
  const first = makeCertificate();
  files.write(first);
  const server = await startTestServer({ tls: files, log: silent });
  const there = await handshake(server.port, first.cert);
  const second = makeCertificate();
  files.write(second);
  server.reload();
  await expect(handshake(server.port, first.cert)).rejects.toThrow();
  await handshake(server.port, second.cert);
  files.write({ ...first, key: second.key });
  server.reload();
  await handshake(server.port, second.cert);
  there.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  expect(await readAll(there)).toContain('200 OK');
});

test('who says nothing, half a request, or half a handshake makes room for who comes, and those who greeted stay', async () => {
  const server = await startTestServer({ limits: { maxUngreetedPerAddress: 3 } });
  const agent = new TestAgent(server.url, 'r1');
  await agent.welcomes.first();
  const silent = await open(server.port);
  const half = await open(server.port);
  half.write('GET /api/v1/dev');
  const upgrade = new WebSocket(`${server.url.replace('http', 'ws')}/api/v1/live`, ['longline.v1']);
  await once(upgrade, 'open');
  for (const oldest of [silent, half, upgrade]) {
    const closed = once(oldest, 'close');
    await open(server.port);
    await closed;
  }
  const reader = new TestReader(server.url);
  await reader.welcomes.first();
  expect(agent.closes.items).toEqual([]);
});

test('an address has so many connections, and the next ones are closed unanswered', async () => {
  const server = await startTestServer({ limits: { maxConnectionsPerAddress: 2 } });
  const first = await open(server.port);
  await open(server.port);
  expect(await readAll(await open(server.port))).toBe('');
  first.destroy();
  await waitFor(async () => (await fetch(`${server.url}/healthz`).catch(() => undefined))?.status === 200);
});

test('a WebSocket that has not greeted may not fill the memory', async () => {
  const server = await startTestServer({ limits: { maxUngreetedBytes: 10_000 } });
  const socket = await open(server.port);
  const head = [
    'GET /api/v1/line HTTP/1.1',
    `Host: 127.0.0.1:${server.port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
  ];
  const key = ['Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==', 'Sec-WebSocket-Version: 13'];
  socket.write([...head, ...key, 'Sec-WebSocket-Protocol: longline.v1', '', ''].join('\r\n'));
  await once(socket, 'data');
  const closed = once(socket, 'close');
  // A frame of 15 MiB, masked, that never ends.
  socket.write(Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 0xf0, 0, 0, 1, 2, 3, 4]));
  socket.write(Buffer.alloc(20_000));
  await closed;
});

test('what is refused carries the headers of every answer: errors, what is no HTTP, upgrades', async () => {
  const server = await startTestServer();
  const missing = await fetch(`${server.url}/nothing`);
  expect(missing.headers.get('content-security-policy')).toContain("default-src 'none'");
  for (const text of [
    'nonsense\r\n\r\n',
    'GET /nothing HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
  ]) {
    const socket = await open(server.port);
    socket.write(text);
    const answer = (await readAll(socket)).toLowerCase();
    expect(answer).toContain("content-security-policy: default-src 'none'");
    expect(answer).toContain('x-content-type-options: nosniff');
  }
});

test('the page for people may not be framed, loads nothing, and runs nothing', async () => {
  const server = await startTestServer();
  const page = await fetch(server.url);
  expect(page.headers.get('content-security-policy')).toMatch(
    /^default-src 'none';style-src 'sha256-[^']+';base-uri 'none';form-action 'none';frame-ancestors 'none'$/,
  );
});

test('one token that asks too often is told when to come back; others notice nothing', async () => {
  const { server, add } = await startLockedServer({ limits: { requestsPerSecond: 1 } });
  const ask = (token: string): Promise<Response> =>
    fetch(`${server.url}/api/v1/devices`, { headers: { authorization: `Bearer ${token}` } });
  const [busy, other] = [await add('busy'), await add('other')];
  const statuses: number[] = [];
  for (let i = 0; i < 4; i++) statuses.push((await ask(busy)).status);
  expect(statuses.slice(0, 2)).toEqual([200, 200]);
  const refused = await ask(busy);
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(await refused.json()).toMatchObject({ code: 'TOO_MANY_REQUESTS' });
  expect((await ask(other)).status).toBe(200);
});

test('who is refused is answered before the body has come', async () => {
  const { server } = await startLockedServer();
  const socket = await open(server.port);
  const head = ['POST /api/v1/devices/r1/commands HTTP/1.1', `Host: 127.0.0.1:${server.port}`];
  socket.write([...head, 'Content-Type: application/json', 'Content-Length: 1000000', '', '{'].join('\r\n'));
  const answer = await readAll(socket);
  expect(answer).toContain('401 Unauthorized');
  expect(answer.toLowerCase()).toContain('connection: close');
});

test('a device that sends too much is read more slowly, and loses nothing', async () => {
  const server = await startTestServer({ limits: { deviceBytesPerSecond: 1_000_000 } });
  const agent = new TestAgent(server.url, 'r1');
  await agent.welcomes.first();
  const channel = { ...agent.advertise(1, '/big', bytesSchema), delivery: 'queue' as const };
  const startMs = performance.now();
  for (let i = 0; i < 20; i++) agent.send(channel, { data: new Uint8Array(100_000).fill(i) });
  agent.send(agent.advertise(2, '/last', int64Schema), { data: 1n });
  await waitFor(() => server.fleet.device('r1').latest('/last'));
  await waitFor(
    () =>
      server.fleet
        .device('r1')
        .channels()
        .find(({ topic }) => topic === '/big')?.messages === 20,
  );
  // 2 MB, of which one second's worth is free.
  expect(performance.now() - startMs).toBeGreaterThan(700);
  expect(agent.closes.items).toEqual([]);
});

test('a device that opens line after line is refused, and others are not', async () => {
  const server = await startTestServer({ limits: { deviceLinesPerSecond: 1 } });
  const agents = Array.from({ length: 6 }, () => new TestAgent(server.url, 'r1'));
  await Promise.any(agents.map((agent) => agent.closes.first(({ code }) => code === 'LIMIT_EXCEEDED')));
  const other = new TestAgent(server.url, 'r2');
  await other.welcomes.first();
});

test('behind a proxy each client has its own bounds, and only the proxy is believed', async () => {
  const options = { behindProxy: ['127.0.0.1'], publicUrl: 'https://fleet.example.com' };
  const { server } = await startLockedServer({ ...options, limits: { maxConnectionsPerAddress: 1 } });
  const upgrade = async (forwardedFor: string): Promise<number | undefined> => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/v1/line`, ['longline.v1'], {
      headers: { 'x-forwarded-for': forwardedFor, host: 'fleet.example.com', origin: 'https://fleet.example.com' },
    });
    onTestFinished(() => socket.terminate());
    socket.on('error', () => undefined);
    return Promise.race([
      once(socket, 'open').then(() => undefined),
      once(socket, 'unexpected-response').then(([, { statusCode }]) => statusCode as number),
    ]);
  };
  expect(await upgrade('192.0.2.1')).toBeUndefined();
  expect(await upgrade('192.0.2.66, 192.0.2.1')).toBe(429);
  expect(await upgrade('192.0.2.2')).toBeUndefined();
});

test('a locked server without TLS on a network says that tokens travel in the clear', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  await startLockedServer({ host: '0.0.0.0', unlockedNetwork: true, log });
  expect(lines.join()).toContain('in the clear');
  expect(lines.join()).not.toContain('UNLOCKED');
});

test('a proxy carries no stranger to an unlocked server', async () => {
  const server = await startTestServer();
  const response = await fetch(`${server.url}/api/v1/devices`, { headers: { 'x-forwarded-for': '192.0.2.1' } });
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({
    code: 'HOST_FORBIDDEN',
    message: expect.stringContaining('longline init') as string,
  });
});
