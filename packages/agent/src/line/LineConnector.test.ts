import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { AgentEnd, bindWebSocket, Outbox, RobotEnd, subprotocols } from '@longline/line';
import { systemClock } from '@longline/ros';
import type { Clock, Log } from '@longline/ros';
import { FakeClock, FakeLineServer, Inbox, sampleFrame } from '@longline/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { dialWebSocket, lineProxy } from './dialWebSocket.ts';
import { LineConnector } from './LineConnector.ts';
import type { Dial } from './LineConnector.ts';

interface Logged {
  readonly level: string;
  readonly details: Record<string, unknown>;
  readonly message: string;
}

function makeLog(): { log: Log; logged: Inbox<Logged> } {
  const logged = new Inbox<Logged>();
  const at = (level: string) => (details: unknown, message?: unknown) =>
    logged.add({ level, details: details as Record<string, unknown>, message: String(message) });
  return { log: { info: at('info'), warn: at('warn'), error: at('error'), debug: at('debug') }, logged };
}

function makeConnector(dial: Dial, clock: Clock, log: Log): { connector: LineConnector; opened: Inbox<string> } {
  const opened = new Inbox<string>();
  const connector: LineConnector = new LineConnector({
    dial,
    clock,
    log,
    random: () => 1,
    makeEnd: (transport, events) =>
      new AgentEnd({
        transport,
        clock,
        outbox: new Outbox(),
        hello: {
          role: 'agent',
          device: 'r1',
          boot: 'b',
          line: 'l',
          socket: 0,
          highestToken: 0,
          software: 'test',
          robot: 'fake:',
          features: [],
        },
        handlers: {
          handleWelcome: (welcome) => events.handleWelcome(welcome),
          handleRequest: () => undefined,
          handleClosed: (close) => events.handleClosed(close),
        },
      }),
    handleOpen: (_end, welcome) => opened.add(welcome.server),
    handleClosed: () => opened.add('closed'),
  });
  onTestFinished(() => connector.stop());
  return { connector, opened };
}

describe('in simulated time', () => {
  test('attempts come at doubling intervals up to three seconds, and at once again after a stable line', async () => {
    const clock = new FakeClock();
    const server = new FakeLineServer(clock);
    const { connector } = makeConnector(server.dial, clock, makeLog().log);
    server.isUp = false;
    connector.start();
    const dialsAfter: number[] = [];
    // With the most jitter the waits are half of 200, 400, 800, 1,600 and 3,000 ms.
    for (const waitMs of [0, 100, 200, 400, 800, 1_500, 1_500, 1_500]) {
      await clock.advance(waitMs);
      dialsAfter.push(server.dials);
    }
    expect(dialsAfter).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    server.isUp = true;
    await clock.advance(1_500 + 5_000);
    expect(connector.state).toMatchObject({ state: 'open', server: 'fake' });
    server.line.pair.cut();
    expect(connector.state).toMatchObject({ state: 'waiting' });
    await clock.advance(100);
    expect(server.dials).toBe(10);
  });

  test('a line taken by another agent is retried no sooner than in thirty seconds, and the log says what to do', async () => {
    const clock = new FakeClock();
    const server = new FakeLineServer(clock);
    const { log, logged } = makeLog();
    const { connector } = makeConnector(server.dial, clock, log);
    connector.start();
    await clock.advance(100);
    server.replaceLine();
    await clock.advance(29_000);
    expect(server.dials).toBe(1);
    expect(connector.state).toMatchObject({ state: 'waiting', code: 'LINE_REPLACED' });
    expect(logged.last).toMatchObject({ level: 'error', message: expect.stringContaining('same device ID') as string });
    await clock.advance(1_100);
    expect(server.dials).toBe(2);
  });

  test('after a frame that it cannot read the agent comes back as after any broken line, and the log says why', async () => {
    const clock = new FakeClock();
    const { log, logged } = makeLog();
    let dials = 0;
    const dial: Dial = (attach) => {
      dials += 1;
      const end = attach({ bufferedBytes: 0, send: () => undefined, close: () => undefined });
      end.handleOpen?.();
      end.handleFrame(sampleFrame('welcome'));
      end.handleFrame(new Uint8Array([1, 2, 3]));
    };
    const { connector } = makeConnector(dial, clock, log);
    connector.start();
    expect(connector.state).toMatchObject({ state: 'waiting', code: 'FRAME_MALFORMED' });
    expect(logged.last).toMatchObject({
      level: 'warn',
      message: 'the line ended; the agent connects again',
      details: { code: 'FRAME_MALFORMED' },
    });
    await clock.advance(100);
    expect(dials).toBe(2);
  });

  test('a connection that hangs is given up after the greeting time', async () => {
    const clock = new FakeClock();
    let dials = 0;
    const { connector } = makeConnector(
      (attach) => {
        dials += 1;
        attach({ bufferedBytes: 0, send: () => undefined, close: () => undefined });
      },
      clock,
      makeLog().log,
    );
    connector.start();
    await clock.advance(10_000);
    expect(connector.state).toMatchObject({ state: 'waiting', code: 'HELLO_TIMEOUT' });
    await clock.advance(100);
    expect(dials).toBe(2);
  });

  test('the same failure is logged once a minute, not at every attempt', async () => {
    const clock = new FakeClock();
    const server = new FakeLineServer(clock);
    server.isUp = false;
    const { log, logged } = makeLog();
    makeConnector(server.dial, clock, log).connector.start();
    await clock.advance(59_000);
    expect(logged.items.length).toBe(1);
    await clock.advance(4_000);
    expect(logged.items.length).toBe(2);
  });
});

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
          handlers: {
            handleHello: () => {
              end.welcome({ server: 'real', software: 'test', epoch: 1, features: [] });
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
    const { connector, opened } = makeConnector(direct(await startServer()), systemClock, makeLog().log);
    connector.start();
    expect(await opened.first()).toBe('real');
    connector.stop();
    connector.stop();
    expect(opened.items).toEqual(['real', 'closed']);
    expect(connector.state).toEqual({ state: 'stopped' });
  });

  test('a port where nobody listens is told with the system’s own word', async () => {
    const { log, logged } = makeLog();
    const blocked = createTcpServer();
    const port = await listen(blocked);
    blocked.close();
    makeConnector(direct(port), systemClock, log).connector.start();
    expect((await logged.first()).details['reason']).toContain('ECONNREFUSED');
  });

  test('a server that refuses the WebSocket is told with its status', async () => {
    const { log, logged } = makeLog();
    const http = createServer((_request, response) => response.writeHead(404).end());
    const port = await listen(http);
    makeConnector(direct(port), systemClock, log).connector.start();
    expect((await logged.first()).details['reason']).toContain('404');
  });

  test('a close with 4409 is understood from the wire', async () => {
    const { log, logged } = makeLog();
    const { connector } = makeConnector(direct(await startServer({ replaceFirst: true })), systemClock, log);
    connector.start();
    const refusal = await logged.first(({ level }) => level === 'error');
    expect(refusal.details).toMatchObject({ closeCode: 4409, code: 'LINE_REPLACED' });
  });

  test('a server that takes the connection and says nothing can be left at once', async () => {
    const accepted = new Inbox<string>();
    const silent = createTcpServer(() => accepted.add('connection'));
    const { connector, opened } = makeConnector(direct(await listen(silent)), systemClock, makeLog().log);
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
    const { connector, opened } = makeConnector(dial, systemClock, makeLog().log);
    connector.start();
    expect(await opened.first()).toBe('real');
    expect(asked.items).toEqual([`127.0.0.1:${port}`]);
  });

  test('a proxy that refuses is told', async () => {
    const { log, logged } = makeLog();
    const proxy = createServer();
    proxy.on('connect', (_request, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
    const proxyPort = await listen(proxy);
    const dial = dialWebSocket({
      url: 'ws://127.0.0.1:9/api/v1/line',
      findProxy: () => `http://127.0.0.1:${proxyPort}`,
    });
    makeConnector(dial, systemClock, log).connector.start();
    expect((await logged.first()).details['reason']).toContain('403');
  });
});

test('the config’s proxy comes before the environment’s, which is asked by http and https', () => {
  const environment = (url: string): string => (url.startsWith('https:') ? 'http://env:1' : '');
  expect(lineProxy('wss://a/', 'http://config:1', environment)).toBe('http://config:1');
  expect(lineProxy('wss://a/', undefined, environment)).toBe('http://env:1');
  expect(lineProxy('ws://a/', undefined, environment)).toBeUndefined();
});
