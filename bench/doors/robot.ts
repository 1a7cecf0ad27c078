// The robot of the doors bench: an agent that publishes text and images.
import { randomFillSync } from 'node:crypto';
import { startAgent } from '@longline/agent';
import { codecFor } from '@longline/ros';
import { ros1Schema } from '@longline/ros/fixtures';
import { BenchRobot } from '../thinLink/BenchRobot.ts';
import { everyPeriod } from '../thinLink/everyPeriod.ts';
import { sharedNowMs, stampOf } from '../thinLink/sharedClock.ts';
import { waitMs } from '../thinLink/waitMs.ts';
import { BENCH_DEVICE, topicOf } from './benchTopics.ts';
import { obeyOrders } from './obeyOrders.ts';
import type { Answer, DoorsTopic, Order } from './orders.ts';

const schemas = { text: ros1Schema('std_msgs/String'), image: ros1Schema('sensor_msgs/Image') } as const;
const channels = (['text', 'image'] as const).map(
  (topic) => ({ topic: topicOf(topic), schema: schemas[topic], encoding: 'ros1', latched: false }) as const,
);
const robot = new BenchRobot(channels);
/** Messages that the reader has. */
let arrived = 0;

async function connect(server: string): Promise<void> {
  const agent = await startAgent(
    {
      device: BENCH_DEVICE,
      server,
      topics: [{ match: '/bench/**', lane: 'telemetry', delivery: 'queue' }],
      outbox: { queueDepth: 100_000, maxBytes: 1024 * 1024 * 1024 },
    },
    { graph: robot },
  );
  while (agent.status.line.state !== 'open') await waitMs(20);
}

/** Makes messages of one kind and size; the time at which each is made is its stamp. */
function maker(topic: DoorsTopic, bytes: number): () => void {
  if (topic === 'text') {
    const codec = codecFor(schemas.text, 'ros1');
    const rest = 'x'.repeat(Math.max(0, bytes - 20));
    return () => {
      const atMs = sharedNowMs();
      robot.emit(topicOf(topic), codec.encode({ data: `${atMs} ${rest}` }), stampOf(atMs));
    };
  }
  // Encoding a megabyte takes longer than relaying it: the stamp is put into bytes that were made before.
  const data = randomFillSync(new Uint8Array(bytes));
  const image = { header: { frame_id: 'camera' }, height: 1, width: bytes, step: bytes, encoding: 'mono8', data };
  const encoded = codecFor(schemas.image, 'ros1').encode(image);
  return () => {
    const atMs = sharedNowMs();
    const stamp = stampOf(atMs);
    const made = encoded.slice();
    const view = new DataView(made.buffer);
    view.setUint32(4, Number(stamp / 1_000_000_000n), true);
    view.setUint32(8, Number(stamp % 1_000_000_000n), true);
    robot.emit(topicOf(topic), made, stamp);
  };
}

async function obey(order: Order): Promise<Answer> {
  switch (order.do) {
    case 'connect':
      await connect(order.url);
      return { did: 'connect' };
    case 'pace': {
      const make = maker(order.topic, order.bytes);
      let sent = 0;
      const stop = everyPeriod(order.rateHz, 0, () => {
        make();
        sent++;
      });
      await waitMs(order.forMs);
      stop();
      return { did: 'pace', sent };
    }
    case 'flood': {
      const make = maker(order.topic, order.bytes);
      const untilMs = sharedNowMs() + order.forMs;
      arrived = 0;
      let sent = 0;
      while (sharedNowMs() < untilMs) {
        for (let i = 0; i < 100 && sent - arrived < order.inFlight; i++, sent++) make();
        await new Promise((resolve) => setImmediate(resolve));
      }
      return { did: 'flood', sent };
    }
    default:
      throw new Error(`the robot cannot ${order.do}`);
  }
}

obeyOrders(obey, ({ progress }) => (arrived = progress));
