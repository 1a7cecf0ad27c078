import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Inbox } from './Inbox.ts';
import { TcpProxy } from './TcpProxy.ts';
import { waitFor } from './waitFor.ts';

interface World {
  readonly proxy: TcpProxy;
  /** Connects through the proxy; `received` has what came back. */
  readonly dial: () => { readonly socket: Socket; readonly received: Inbox<string>; readonly ends: Inbox<string> };
  /** What came to the server; it answers each with the same. */
  readonly atServer: Inbox<string>;
  readonly serverEnds: Inbox<string>;
}

function endsOf(socket: Socket): Inbox<string> {
  const ends = new Inbox<string>();
  socket.on('error', (error: NodeJS.ErrnoException) => ends.add(error.code ?? error.message));
  socket.on('close', () => ends.add('closed'));
  return ends;
}

/** A server that echoes, behind a proxy. */
async function makeWorld(): Promise<World> {
  const [atServer, serverEnds] = [new Inbox<string>(), new Inbox<string>()];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => serverEnds.add('closed'));
    socket.setEncoding('utf8').on('data', (text: string) => {
      atServer.add(text);
      socket.write(text);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await TcpProxy.start((server.address() as AddressInfo).port);
  onTestFinished(async () => {
    await proxy.stop();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const dial = (): ReturnType<World['dial']> => {
    const socket = connect(proxy.port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    const received = new Inbox<string>();
    socket.setEncoding('utf8').on('data', received.add);
    return { socket, received, ends: endsOf(socket) };
  };
  return { proxy, dial, atServer, serverEnds };
}

test('what is sent comes through both ways, is counted, and so does the end', async () => {
  const { atServer, dial, proxy, serverEnds } = await makeWorld();
  const { ends, received, socket } = dial();
  socket.write('hello');
  expect(await received.first()).toBe('hello');
  expect(atServer.items).toEqual(['hello']);
  expect(proxy.counters).toEqual({ connections: 1, up: { bytes: 5 }, down: { bytes: 5 } });
  socket.end();
  await ends.first((end) => end === 'closed');
  await serverEnds.first();
  await waitFor(() => proxy.open === 0);
});

test('a delay is added each way', async () => {
  const { dial, proxy } = await makeWorld();
  await proxy.set({ up: { delayMs: 30 }, down: { delayMs: 50 } });
  const { received, socket } = dial();
  const startMs = performance.now();
  socket.write('ping');
  await received.first();
  // Timers of Node may be one millisecond early.
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(78);
});

test('a rate is kept', async () => {
  const { dial, proxy } = await makeWorld();
  const { received, socket } = dial();
  await proxy.set({ up: { bytesPerS: 100_000 } });
  const startMs = performance.now();
  socket.write('x'.repeat(20_000));
  await waitFor(() => received.items.join('').length === 20_000);
  const tookMs = performance.now() - startMs;
  expect(tookMs).toBeGreaterThanOrEqual(170);
});

test('a black hole keeps and takes connections, passes neither bytes nor ends, and lets them come later', async () => {
  const { atServer, dial, proxy, serverEnds } = await makeWorld();
  const before = dial();
  before.socket.write('a');
  await before.received.first();
  await proxy.set({ blackHole: 'hold' });
  before.socket.write('b');
  before.socket.end();
  const during = dial();
  during.socket.write('c');
  await once(during.socket, 'connect');
  await waitFor(() => proxy.counters.connections === 2);
  expect(atServer.items).toEqual(['a']);
  expect([before.ends.items, serverEnds.items]).toEqual([[], []]);
  await proxy.set({ blackHole: 'off' });
  expect(await during.received.first()).toBe('c');
  await before.ends.first((end) => end === 'closed');
  expect(atServer.items).toContain('b');
});

test('what stood during a black hole that loses is dead for good; what comes later works', async () => {
  const { atServer, dial, proxy } = await makeWorld();
  const before = dial();
  before.socket.write('a');
  await before.received.first();
  await proxy.set({ blackHole: 'lose' });
  before.socket.write('b');
  await proxy.set({ blackHole: 'off' });
  const after = dial();
  after.socket.write('c');
  expect(await after.received.first()).toBe('c');
  expect(atServer.items).toEqual(['a', 'c']);
});

test('one direction alone can be held', async () => {
  const { atServer, dial, proxy } = await makeWorld();
  const { received, socket } = dial();
  await proxy.set({ down: { held: true } });
  socket.write('a');
  await atServer.first();
  expect(received.items).toEqual([]);
  await proxy.set({ down: { held: false } });
  expect(await received.first()).toBe('a');
});

test('a cut breaks both sides; a proxy that refuses does so until it does not', async () => {
  const { dial, proxy, serverEnds } = await makeWorld();
  const first = dial();
  first.socket.write('a');
  await first.received.first();
  proxy.cut();
  expect(await first.ends.first()).toBe('ECONNRESET');
  await serverEnds.first();
  await proxy.set({ refuses: true });
  expect(await dial().ends.first()).toBe('ECONNREFUSED');
  await proxy.set({ refuses: false });
  const second = dial();
  second.socket.write('b');
  expect(await second.received.first()).toBe('b');
});
