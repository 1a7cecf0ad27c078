import { FakeClock } from '@longline/testing';
import { DeadmanHost } from '../../packages/agent/src/deadman/DeadmanHost.ts';
import { fromDeadmanSchema } from '../../packages/agent/src/deadman/deadmanMessages.ts';
import { forward, GateWorld } from '../../packages/agent/src/deadman/GateWorld.fixture.ts';
import { motionSchema } from '../../packages/agent/src/config/motionSchema.ts';
import { bendValue } from '../bendValue.ts';
import type { Dice } from '../Dice.ts';
import { claim } from '../FuzzTarget.ts';
import type { FuzzTarget } from '../FuzzTarget.ts';

const START_MS = 1_000_000;
const motion = motionSchema.parse({ outputs: [{ topic: '/cmd_vel', timeoutMs: 5_000 }] });
const start = { kind: 'start', setup: { robot: 'fake:', motion, publishable: [], folder: '/' } };

function good(dice: Dice, sequence: number, nowMs: number): unknown {
  const id = sequence;
  const lease = { token: dice.oneIn(10) ? dice.below(4) : 1, heldUntilMs: nowMs + 60_000 };
  const order = {
    kind: 'topic',
    name: '/cmd_vel',
    type: 'geometry_msgs/Twist',
    data: forward(1),
    token: 1,
    sequence,
    repeat: false,
    bornMs: nowMs,
    deadlineMs: 5_000,
  };
  const asks = [
    { kind: 'execute', order },
    { kind: 'execute', order },
    { kind: 'takeLease', ...lease },
    { kind: 'renewLease', ...lease },
    { kind: 'endLease', token: 1 },
    { kind: 'stop', by: 'ann', outputs: dice.one([undefined, '/cmd_vel', '/**', '{']) },
    { kind: 'releaseStop', token: 1 },
  ];
  if (dice.oneIn(12)) return { kind: dice.one(['beat', 'lineClosed']) };
  return { kind: 'ask', id, ask: dice.one(asks) };
}

/** What comes through the pipe into the deadman: whatever it is, once the agent is silent the robot stands. */
export const deadmanPipe: FuzzTarget = {
  name: 'deadman-pipe',
  weight: 0.5,
  open: () => ({
    async play(dice, feed) {
      const clock = new FakeClock({ startMs: START_MS });
      const world = new GateWorld({ clock });
      const host = new DeadmanHost({
        clock,
        post: (message) => {
          const told: unknown = structuredClone(message);
          claim(fromDeadmanSchema.safeParse(told).success, 'it says what the agent does not understand');
        },
        openGraph: () => Promise.resolve(world.graph),
        openMemory: () => world.memory,
        handleEnd: () => undefined,
      });
      host.handleMessage(start);
      await clock.advance(1);
      host.handleMessage({ kind: 'ask', id: 0, ask: { kind: 'takeLease', token: 1, heldUntilMs: START_MS + 60_000 } });
      const patience = dice.one([2, 6]);
      for (let count = 1; count < 12; count++) {
        const message = good(dice, count, clock.monotonicMs());
        const told = dice.oneIn(patience) ? bendValue(dice, message) : message;
        feed(told, () => host.handleMessage(structuredClone(told)));
        await clock.advance(dice.one([0, 0, 1, 30]));
      }
      await clock.advance(400);
      claim((world.speeds.at(-1) ?? 0) === 0, 'the robot moves 400 ms after the agent fell silent');
      void host.handlePipeEnd();
      await clock.advance(70_000);
      claim(clock.pendingTimers === 0, `${clock.pendingTimers} timers are left of a deadman that ended`);
    },
  }),
};
