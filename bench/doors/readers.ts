// The readers of the doors bench: rosbridge clients that parse what they must, as roslibjs does.
import { WebSocket } from 'ws';
import { sharedNowMs, sharedTimeOf } from '../thinLink/sharedClock.ts';
import { topicOf } from './benchTopics.ts';
import { obeyOrders } from './obeyOrders.ts';
import type { Answer, DoorsTopic, Order } from './orders.ts';

/** How often the robot is told how far the first reader is, in messages of each kind. */
const progressEvery = { text: 200, image: 2 } as const;
const stamp = /"secs":(\d+),"nsecs":(\d+)/;

let sockets: WebSocket[] = [];
let received = 0;
let agesMs: number[] = [];
let total = 0;

/** When the message was made; undefined where only a whole decoder could tell. */
function madeAtMs(topic: DoorsTopic, frame: Buffer, isBinary: boolean): number | undefined {
  if (isBinary) return undefined;
  if (topic === 'text') {
    const { msg } = JSON.parse(frame.toString()) as { readonly msg: { readonly data: string } };
    return Number(msg.data.split(' ', 1)[0]);
  }
  const [, secs, nsecs] = stamp.exec(frame.toString('latin1', 0, 512)) ?? [];
  return sharedTimeOf(Number(secs), Number(nsecs));
}

async function read({ door, topic, compression, readers, stalled }: Order & { do: 'read' }): Promise<void> {
  total = 0;
  const every = progressEvery[topic];
  for (let i = 0; i < readers + stalled; i++) {
    const socket = new WebSocket(door, { perMessageDeflate: false, maxPayload: 256 * 1024 * 1024 });
    sockets.push(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.send(
      JSON.stringify({
        op: 'subscribe',
        topic: topicOf(topic),
        compression,
        queue_length: topic === 'text' ? 1_000 : 10,
      }),
    );
    if (i >= readers) {
      socket.once('message', () => socket.pause());
      continue;
    }
    const isFirst = i === 0;
    socket.on('message', (frame: Buffer, isBinary: boolean) => {
      received++;
      const atMs = madeAtMs(topic, frame, isBinary);
      if (atMs !== undefined) agesMs.push(sharedNowMs() - atMs);
      if (isFirst && ++total % every === 0) process.send?.({ progress: total });
    });
  }
}

async function obey(order: Order): Promise<Answer> {
  switch (order.do) {
    case 'read':
      await read(order);
      return { did: 'read' };
    case 'report': {
      const report = { did: 'report', received, agesMs } as const;
      received = 0;
      total = 0;
      agesMs = [];
      return report;
    }
    case 'leave':
      await Promise.all(
        sockets.map(
          (socket) =>
            new Promise((resolve) => {
              socket.once('close', resolve);
              socket.terminate();
            }),
        ),
      );
      sockets = [];
      received = 0;
      agesMs = [];
      return { did: 'leave' };
    default:
      throw new Error(`readers cannot ${order.do}`);
  }
}

obeyOrders(obey);
