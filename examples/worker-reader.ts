// Reads robots' data in a worker thread of a program that embeds the server: the thread gets a port, no network is used.
//
//   npm run example -- worker-reader
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';

if (isMainThread) {
  const { startServer } = await import('@longline/server');
  const server = await startServer({ port: Number(process.argv[2] ?? 8080) });
  console.log(`Longline listens on ${server.url}`);
  const port = server.openPort();
  new Worker(new URL(import.meta.url), { workerData: port, transferList: [port] });
} else {
  const { connectPort } = await import('@longline/client');
  const fleet = connectPort(workerData as MessagePort);
  fleet.subscribe(
    { device: '*', topic: '/**', rateHz: 1 },
    {
      handleMessage: (message, device) =>
        console.log(device, message.channel.topic, message.channel.schema.name, `${message.data.length} bytes`),
    },
  );
}
