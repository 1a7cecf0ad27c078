import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

/** Bytes that may wait in the sender. */
const MARK_BYTES = 4 * 1024 * 1024;
const reader = `
  const { workerData, parentPort } = require('node:worker_threads');
  const { WebSocket } = require(workerData.ws);
  let received = 0;
  new WebSocket(workerData.url, { perMessageDeflate: false }).on('message', () => received++);
  parentPort.on('message', () => parentPort.postMessage(received));
`;

/** How many text frames of so many bytes a bare ws server sends to a client in a second: what the doors are held against. */
export async function bareFrames(bytes: number, forMs: number): Promise<number> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await once(server, 'listening');
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const worker = new Worker(reader, { eval: true, workerData: { url, ws: import.meta.resolve('ws').slice(7) } });
  const [socket] = (await once(server, 'connection')) as [WebSocket];
  const text = 'x'.repeat(bytes);
  const untilMs = performance.now() + forMs;
  while (performance.now() < untilMs) {
    for (let i = 0; i < 100 && socket.bufferedAmount < MARK_BYTES; i++) socket.send(text);
    await new Promise((resolve) => setImmediate(resolve));
  }
  worker.postMessage('report');
  const [received] = (await once(worker, 'message')) as [number];
  await worker.terminate();
  server.close();
  socket.terminate();
  return received / (forMs / 1000);
}
