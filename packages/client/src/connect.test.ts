import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { bindMessagePort, bindWebSocket, subprotocols } from '@longline/line';
import { systemClock } from '@longline/ros';
import { Inbox } from '@longline/testing';
import { afterEach, describe, expect, test } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { connect } from './connect.ts';
import { connectPort } from './connectPort.ts';
import { FakeLiveServer } from './FakeLiveServer.fixture.ts';
import type { Fleet } from './Fleet.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function listen(port = 0): Promise<{ server: FakeLiveServer; port: number; stop: () => Promise<void> }> {
  const server = new FakeLiveServer(systemClock);
  const sockets = new WebSocketServer({
    port,
    host: '127.0.0.1',
    path: '/api/v1/live',
    handleProtocols: (offered) => subprotocols.find((name) => offered.has(name)) ?? false,
  });
  sockets.on('connection', (socket) => bindWebSocket(socket, server.attach));
  await once(sockets, 'listening');
  const address = sockets.address();
  if (address === null || typeof address === 'string') throw new Error('the server has a port');
  const stop = (): Promise<void> => {
    for (const socket of sockets.clients) socket.terminate();
    return new Promise((resolve) => sockets.close(() => resolve()));
  };
  cleanUps.push(stop);
  return { server, port: address.port, stop };
}

function keep(fleet: Fleet): Fleet {
  cleanUps.push(() => fleet.close());
  return fleet;
}

describe.each([
  ["the platform's WebSocket", undefined],
  ['the ws package', WebSocket],
])('over a real socket with %s', (_name, Socket) => {
  const options = Socket === undefined ? {} : { WebSocket: Socket };

  test('devices and messages arrive, and the fleet follows a restarted server', async () => {
    const first = await listen();
    const fleet = keep(connect(`http://127.0.0.1:${first.port}`, options));
    const sequences = new Inbox<number>();
    const subscription = fleet.subscribe(
      { device: 'r1', topic: '/pose' },
      { handleMessage: ({ sequence }) => sequences.add(sequence) },
    );
    await subscription.marked;
    expect((await fleet.devices()).map(({ device }) => device)).toEqual(['r1']);
    first.server.publish(1);
    await sequences.first((sequence) => sequence === 1);
    await first.stop();
    const second = await listen(first.port);
    await fleet.ready();
    await subscription.marked;
    second.server.publish(2);
    await sequences.first((sequence) => sequence === 2);
  });
});

test('a server in another thread is read over a port', async () => {
  const server = new FakeLiveServer(systemClock);
  const { port1, port2 } = new MessageChannel();
  bindMessagePort(port1, server.attach);
  const fleet = connectPort(port2);
  cleanUps.push(async () => {
    await fleet.close();
    port1.close();
  });
  expect((await fleet.devices()).map(({ device }) => device)).toEqual(['r1']);
});

test('no server at an address is told with the address and the next attempt', async () => {
  const { port, stop } = await listen();
  await stop();
  const fleet = keep(connect(`http://127.0.0.1:${port}`));
  const statuses = new Inbox<string>();
  fleet.onStatus((status) => {
    if (status.state === 'disconnected')
      statuses.add(`${status.code} ${status.reason} ${status.retryInMs !== undefined}`);
  });
  await expect(statuses.first()).resolves.toBe(`SERVER_UNREACHABLE no connection to http://127.0.0.1:${port} true`);
});

test.each(['', 'localhost:8080', 'ftp://x', 'http://'])('the address %j is refused with one that works', (url) => {
  expect(() => connect(url)).toThrow(expect.objectContaining({ code: 'SERVER_URL_INVALID' }));
});
