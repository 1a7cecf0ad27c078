import { bindMessagePort, ReaderEnd } from '@longline/line';
import { Message, systemClock } from '@longline/ros';
import { MessagePort, parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';

// A thread of its own that reads one topic of every device and posts the first message it sees.

const { port, topic } = z.object({ port: z.instanceof(MessagePort), topic: z.string() }).parse(workerData);

const reader: ReaderEnd = bindMessagePort(port, (transport) => {
  const ignore = (): void => undefined;
  return new ReaderEnd({
    transport,
    clock: systemClock,
    hello: { role: 'reader', software: 'worker', features: [] },
    handlers: {
      handleWelcome: () => reader.subscribe({ id: 1, kind: 'topics', device: '*', topic }),
      handleMessage: (channel, record) =>
        parentPort?.postMessage({
          device: channel.device,
          topic: channel.topic,
          json: new Message(channel, record).json,
        }),
      handleAdvertise: ignore,
      handleUnadvertise: ignore,
      handleDropped: ignore,
      handleDevice: ignore,
      handleMark: ignore,
      handleClosed: ignore,
    },
  });
});
