import { serveFoxglove } from '@longline/bridges';
import { silentLog } from '@longline/ros';
import { waitFor } from '@longline/testing';
import { openTurtlesim } from '@longline/turtlesim';
import { expect, onTestFinished, test } from 'vitest';
import { motionSchema } from '../config/motionSchema.ts';
import { machineClock } from '../machineClock.ts';
import { openGraph } from '../openGraph.ts';
import { DeadmanHost } from './DeadmanHost.ts';
import type { DeadmanAsk, FromDeadman } from './deadmanMessages.ts';
import { forward, speedOf } from './GateWorld.fixture.ts';
import { VolatileMemory } from './VolatileMemory.ts';

const TOPIC = '/turtle1/cmd_vel';

test('a robot behind a Foxglove server is driven by the deadman, and stopped when orders stop coming', async () => {
  const turtle = openTurtlesim();
  const door = await serveFoxglove(turtle, { port: 0 });
  onTestFinished(async () => {
    await door.close();
    await turtle.close();
  });
  // The turtle and this test hear the orders.
  const hearers = 2;
  const speeds: number[] = [];
  await turtle.subscribe({ topic: TOPIC }, { handleMessage: ({ data }) => speeds.push(speedOf(data)) });
  const posted: FromDeadman[] = [];
  const host = new DeadmanHost({
    clock: machineClock,
    post: (message) => void posted.push(message),
    openGraph: ({ robot }) => openGraph(robot, { clock: machineClock, log: silentLog }),
    openMemory: () => new VolatileMemory(),
    handleEnd: () => undefined,
  });
  let id = 0;
  const ask = async (asked: DeadmanAsk): Promise<FromDeadman> => {
    const own = ++id;
    host.handleMessage({ kind: 'ask', id: own, ask: asked });
    return waitFor(() => posted.find((message) => 'id' in message && message.id === own));
  };
  const motion = motionSchema.parse({ outputs: [{ topic: TOPIC, timeoutMs: 300 }] });
  const robot = door.url.replace('ws:', 'foxglove:');
  host.handleMessage({ kind: 'start', setup: { robot, motion, publishable: [], folder: '/' } });
  await waitFor(() => posted.length > 0);
  await ask({ kind: 'takeLease', token: 1, heldUntilMs: machineClock.monotonicMs() + 60_000 });
  let sequence = 0;
  await waitFor(async () => {
    const bornMs = machineClock.monotonicMs();
    const order = { kind: 'topic', name: TOPIC, type: 'geometry_msgs/Twist', data: forward(1), bornMs } as const;
    const answer = await ask({
      kind: 'execute',
      order: { ...order, token: 1, sequence: ++sequence, repeat: false, deadlineMs: 5_000 },
    });
    expect(answer).toMatchObject({ kind: 'answer', receipt: { subscribers: hearers } });
    return true;
  });
  await waitFor(() => speeds.includes(1));
  await waitFor(() => speeds.at(-1) === 0);
  await ask({ kind: 'close' });
});
