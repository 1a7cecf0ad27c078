import { startAgent } from '@longline/agent';
import { systemClock } from '@longline/ros';
import type { Schema } from '@longline/ros';
import { startServer } from '@longline/server';
import type { Server } from '@longline/server';
import { FakeGraph, TcpProxy, waitFor, waitForEvent } from '@longline/testing';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { FoxgloveViewer } from './FoxgloveViewer.ts';

const TEST_MS = 60_000;
const large: Schema = { name: 'test_msgs/Bytes', encoding: 'ros1msg', text: 'uint8[] data\n' };
const small: Schema = { name: 'std_msgs/Int32', encoding: 'ros1msg', text: 'int32 data\n' };
const largeBytes = new Uint8Array(4 + 1_000_000);
new DataView(largeBytes.buffer).setUint32(0, 1_000_000, true);

let graph: FakeGraph;
let server: Server;

/** A robot with a large topic that is sent only while somebody looks, and a small one. */
beforeEach(async () => {
  graph = new FakeGraph(systemClock);
  graph.setTopic('/large', large);
  graph.setTopic('/small', small);
  server = await startServer({ port: 0 });
  const agent = await startAgent(
    { device: 'r1', server: server.url, topics: [{ match: '/large', demand: 'watched' }, { match: '/**' }] },
    { graph },
  );
  const timer = setInterval(() => {
    graph.emit('/large', largeBytes);
    graph.emit('/small', new Uint8Array(4));
  }, 50);
  onTestFinished(async () => {
    clearInterval(timer);
    await agent.stop();
    await server.stop();
  });
  await waitFor(() => server.fleet.device('r1').channels().length >= 2);
});

const door = (kind: string, port = server.port): string => `ws://127.0.0.1:${port}/api/v1/devices/r1/${kind}`;
const metrics = async (): Promise<string> => (await fetch(`${server.url}/metrics`)).text();

async function openReader(port?: number): Promise<WebSocket> {
  const socket = new WebSocket(door('rosbridge', port));
  socket.on('error', () => undefined);
  onTestFinished(() => socket.terminate());
  await waitForEvent(socket, 'open');
  for (const topic of ['/large', '/small']) {
    socket.send(JSON.stringify({ op: 'subscribe', topic, type: topic === '/large' ? large.name : small.name }));
  }
  return socket;
}

const doorsAreEmpty = async (): Promise<boolean> => {
  const text = await metrics();
  return /longline_doors\{door="rosbridge"\} 0/.test(text) && /longline_doors\{door="foxglove"\} 0/.test(text);
};

test('200 readers that come and go leave no session and no demand', { timeout: TEST_MS }, async () => {
  const come = async (index: number): Promise<void> => {
    if (index % 2 === 0) {
      const socket = await openReader();
      // Some leave before they have heard anything, some in the middle.
      if (index % 4 === 0) await waitForEvent(socket, 'message');
      socket.terminate();
      return;
    }
    const viewer = new FoxgloveViewer(door('foxglove'));
    viewer.client.subscribe((await viewer.channel('/large')).id);
    if (index % 4 === 1) await waitFor(() => viewer.messages[0]);
    viewer.client.close();
  };
  for (let index = 0; index < 200; index += 10) {
    await Promise.all(Array.from({ length: 10 }, (_, i) => come(index + i)));
  }
  await waitFor(doorsAreEmpty);
  await waitFor(() => !graph.subscribed.includes('/large'));
});

test(
  'a reader cut in the middle of a large message harms no other, and holds nothing',
  { timeout: TEST_MS },
  async () => {
    const slow = await TcpProxy.start(server.port);
    onTestFinished(() => slow.stop());
    const other = await openReader();
    let heard = 0;
    other.on('message', () => heard++);
    await slow.set({ down: { bytesPerS: 100_000 } });
    const cut = await openReader(slow.port);
    await waitFor(() => slow.counters.down.bytes > 50_000);
    const closed = waitForEvent(cut, 'close');
    slow.cut();
    await closed;
    const before = heard;
    await waitFor(() => heard > before + 10);
    await waitFor(async () => /longline_doors\{door="rosbridge"\} 1/.test(await metrics()));
    expect(other.readyState).toBe(WebSocket.OPEN);
    other.close();
    await waitFor(doorsAreEmpty);
    await waitFor(() => !graph.subscribed.includes('/large'));
  },
);
