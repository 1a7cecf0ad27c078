import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { bindWebSocket, RobotEnd, subprotocols } from '@longline/line';
import type { Transport } from '@longline/line';
import { systemClock } from '@longline/ros';
import { Inbox, sampleChallenge, TcpProxy, waitFor } from '@longline/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import type { Dial, Dialled } from './Dial.ts';
import { dialWebSocket, lineProxy } from './dialWebSocket.ts';
import { makeConnector } from './FakeNetwork.fixture.ts';

/** Listens on a free port of this machine until the test ends. */
async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A real WebSocket server that lets agents in, and closes the first line with 4409. */
async function startServer(options: { readonly replaceFirst?: boolean } = {}): Promise<number> {
  const http = createServer();
  const webSockets = new WebSocketServer({ server: http, handleProtocols: () => subprotocols[0] });
  let lines = 0;
  webSockets.on('connection', (socket) => {
    const replaces = options.replaceFirst === true && lines++ === 0;
    const end: RobotEnd = bindWebSocket(
      socket,
      (transport) =>
        new RobotEnd({
          transport,
          clock: systemClock,
          challenge: sampleChallenge,
          handlers: {
            handleHello: () => {
              end.welcome({ server: 'real', software: 'test', epoch: 1 });
              if (replaces) end.close('LINE_REPLACED', 'another line is newer');
            },
            handleAdvertise: () => undefined,
            handleUnadvertise: () => undefined,
            handleMessage: () => undefined,
            handleDropped: () => undefined,
            handleStatus: () => undefined,
            handleClosed: () => undefined,
          },
        }),
    );
  });
  return listen(http);
}

const direct = (port: number): Dial =>
  dialWebSocket({ url: `ws://127.0.0.1:${port}/api/v1/line`, findProxy: () => undefined });

describe('against real sockets', () => {
  test('the line opens', async () => {
    const { connector, opened } = makeConnector([direct(await startServer())], systemClock);
    connector.start();
    expect(await opened.first()).toBe('real');
    connector.stop();
    connector.stop();
    expect(opened.items).toEqual(['real', 'closed']);
    expect(connector.state).toEqual({ state: 'stopped' });
  });

  test('a port where nobody listens is told with the system’s own word', async () => {
    const blocked = createTcpServer();
    const port = await listen(blocked);
    blocked.close();
    const { connector, logged } = makeConnector([direct(port)], systemClock);
    connector.start();
    expect((await logged.first()).details['reason']).toContain('ECONNREFUSED');
  });

  test('a server that refuses the WebSocket is told with its status', async () => {
    const http = createServer((_request, response) => response.writeHead(404).end());
    const port = await listen(http);
    const { connector, logged } = makeConnector([direct(port)], systemClock);
    connector.start();
    expect((await logged.first()).details['reason']).toContain('404');
  });

  test('a close with 4409 is understood from the wire', async () => {
    const { connector, logged } = makeConnector([direct(await startServer({ replaceFirst: true }))], systemClock);
    connector.start();
    const refusal = await logged.first(({ level }) => level === 'error');
    expect(refusal.details).toMatchObject({ closeCode: 4409, code: 'LINE_REPLACED' });
  });

  test('a server that takes the connection and says nothing can be left at once', async () => {
    const accepted = new Inbox<string>();
    const silent = createTcpServer(() => accepted.add('connection'));
    const { connector, opened } = makeConnector([direct(await listen(silent))], systemClock);
    connector.start();
    await accepted.first();
    connector.stop();
    expect(opened.items).toEqual([]);
  });

  test('the line goes through an HTTP proxy by CONNECT', async () => {
    const asked = new Inbox<string>();
    const proxy = createServer();
    proxy.on('connect', (request, socket, head) => {
      asked.add(request.url ?? '');
      const [host, port] = (request.url ?? '').split(':');
      const upstream = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        upstream.write(head);
        upstream.pipe(socket).pipe(upstream);
      });
      upstream.on('error', () => undefined);
      socket.on('error', () => undefined);
    });
    const proxyPort = await listen(proxy);
    const port = await startServer();
    const dial = dialWebSocket({
      url: `ws://127.0.0.1:${port}/api/v1/line`,
      findProxy: () => `http://127.0.0.1:${proxyPort}`,
    });
    const { connector, opened } = makeConnector([dial], systemClock);
    connector.start();
    expect(await opened.first()).toBe('real');
    expect(asked.items).toEqual([`127.0.0.1:${port}`]);
  });

  test('a proxy that refuses is told', async () => {
    const proxy = createServer();
    proxy.on('connect', (_request, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
    const proxyPort = await listen(proxy);
    const dial = dialWebSocket({
      url: 'ws://127.0.0.1:9/api/v1/line',
      findProxy: () => `http://127.0.0.1:${proxyPort}`,
    });
    const { connector, logged } = makeConnector([dial], systemClock);
    connector.start();
    expect((await logged.first()).details['reason']).toContain('403');
  });
});

describe('of a name with several addresses', () => {
  const lookup =
    (...addresses: string[]) =>
    () =>
      Promise.resolve(addresses);

  test('one where nobody listens costs nothing, and the connection says which it took', async () => {
    const port = await startServer();
    const dial = dialWebSocket({
      url: `ws://fleet.example.com:${port}/api/v1/line`,
      findProxy: () => undefined,
      lookup: lookup('127.0.0.9', '127.0.0.1'),
    });
    let dialled: Dialled | undefined;
    const keeping: Dial = (...args) => (dialled = dial(...args));
    const { connector, opened } = makeConnector([keeping], systemClock);
    connector.start();
    expect(await opened.first()).toBe('real');
    expect(dialled).toMatchObject({ localAddress: '127.0.0.1', remoteAddress: '127.0.0.1' });
  });

  test('a further socket goes to the address that won, whatever the name says by then', async () => {
    const port = await startServer();
    let known = ['127.0.0.1'];
    const dial = dialWebSocket({
      url: `ws://fleet.example.com:${port}/api/v1/line`,
      findProxy: () => undefined,
      lookup: () => Promise.resolve(known),
    });
    const { connector, opened, wantSocket } = makeConnector([dial], systemClock);
    connector.start();
    await opened.first();
    known = ['127.0.0.9'];
    const events = new Inbox<string>();
    wantSocket(() => ({
      handleOpen: () => events.add('open'),
      handleFrame: () => undefined,
      handleText: () => undefined,
      handleWritable: () => undefined,
      handleDisconnected: (_code, reason) => events.add(reason),
    }));
    expect(await events.first()).toBe('open');
  });
});

test('nothing of what was sent on an abandoned connection reaches the server later', async () => {
  const proxy = await TcpProxy.start(await startServer());
  onTestFinished(() => proxy.stop());
  const events = new Inbox<string>();
  let transport: Transport | undefined;
  const dialled = direct(proxy.port)(
    (given) => {
      transport = given;
      return {
        handleOpen: () => events.add('open'),
        handleFrame: () => undefined,
        handleText: () => undefined,
        handleWritable: () => undefined,
        handleDisconnected: (code) => events.add(String(code)),
      };
    },
    { handleError: () => undefined, handleProgress: () => events.add('progress') },
  );
  await events.first((event) => event === 'open');
  await proxy.set({ blackHole: 'hold' });
  const before = proxy.counters.up.bytes;
  // More than the kernel of the proxy's side takes while it does not read.
  const sent = 20_000_000;
  transport?.send(new Uint8Array(sent));
  dialled.abandon();
  await events.first((event) => event === '1006');
  expect(events.items).toEqual(['progress', 'open', '1006']);
  await proxy.set({ blackHole: 'off' });
  await waitFor(() => proxy.open === 0);
  expect(proxy.counters.up.bytes - before).toBeLessThan(sent / 2);
});

test('a connection that a silent proxy holds is destroyed when it is abandoned', async () => {
  const [connections, ends] = [new Inbox<string>(), new Inbox<string>()];
  const proxyPort = await listen(
    createTcpServer((socket) => {
      connections.add('connection');
      socket.on('close', () => ends.add('closed')).resume();
    }),
  );
  const dial = dialWebSocket({
    url: 'ws://127.0.0.1:9/api/v1/line',
    findProxy: () => `http://127.0.0.1:${proxyPort}`,
  });
  const { connector } = makeConnector([dial], systemClock);
  connector.start();
  await connections.first();
  connector.stop();
  await ends.first();
});

test('the config’s proxy comes before the environment’s, which is asked by http and https', () => {
  const environment = (url: string): string => (url.startsWith('https:') ? 'http://env:1' : '');
  expect(lineProxy('wss://a/', 'http://config:1', environment)).toBe('http://config:1');
  expect(lineProxy('wss://a/', undefined, environment)).toBe('http://env:1');
  expect(lineProxy('ws://a/', undefined, environment)).toBeUndefined();
});
