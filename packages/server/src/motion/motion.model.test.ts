import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MotionWorld } from './MotionModel.fixture.ts';

type Step =
  | { readonly do: 'take'; readonly who: number; readonly takeOver: boolean; readonly holdMs: number }
  | {
      readonly do: 'lease.renew' | 'lease.release' | 'stop.release' | 'call';
      readonly ageMs: number;
    }
  | { readonly do: 'drive'; readonly ageMs: number }
  | { readonly do: 'stop'; readonly who: number }
  | { readonly do: 'wait'; readonly forMs: number }
  | { readonly do: 'stall'; readonly forMs: number }
  | { readonly do: 'wallClock'; readonly byMs: number }
  | { readonly do: 'connect'; readonly delayMs: number }
  | { readonly do: 'cut' | 'crashServer' | 'mute' | 'unmute' };

const who = fc.nat({ max: 2 });
const ageMs = fc.constantFrom(0, 0, 0, 20, 400, 1_500);
const plain = (name: 'cut' | 'crashServer' | 'mute' | 'unmute'): fc.Arbitrary<Step> => fc.constant({ do: name });
const said = (name: 'lease.renew' | 'lease.release' | 'stop.release' | 'call'): fc.Arbitrary<Step> =>
  fc.record({ do: fc.constant(name), ageMs });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('take' as const),
        who,
        takeOver: fc.boolean(),
        holdMs: fc.constantFrom(200, 1_000, 10_000),
      }),
    },
    { weight: 10, arbitrary: fc.record({ do: fc.constant('drive' as const), ageMs }) },
    {
      weight: 10,
      arbitrary: fc.record({ do: fc.constant('wait' as const), forMs: fc.constantFrom(1, 12, 300, 2_500) }),
    },
    { weight: 3, arbitrary: said('lease.renew') },
    { weight: 3, arbitrary: said('call') },
    { weight: 4, arbitrary: said('stop.release') },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('connect' as const), delayMs: fc.constantFrom(1, 5, 150) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('stop' as const), who }) },
    { weight: 2, arbitrary: plain('unmute') },
    said('lease.release'),
    plain('cut'),
    plain('crashServer'),
    plain('mute'),
    fc.record({ do: fc.constant('stall' as const), forMs: fc.constantFrom(250, 3_000) }),
    fc.record({ do: fc.constant('wallClock' as const), byMs: fc.constantFrom(-3_600_000, 3_600_000) }),
  ),
  { minLength: 10, maxLength: 60 },
);

async function run(world: MotionWorld, step: Step): Promise<void> {
  switch (step.do) {
    case 'take': {
      world.take(step.who, step.takeOver, step.holdMs);
      return;
    }
    case 'lease.renew':
    case 'lease.release':
    case 'stop.release':
    case 'call': {
      world.say(step.do, step.ageMs);
      return;
    }
    case 'drive':
      return world.drive(step.ageMs);
    case 'stop': {
      world.stop(step.who);
      return;
    }
    case 'wait':
      return world.clock.advance(step.forMs);
    case 'stall': {
      world.clock.stall(step.forMs);
      return;
    }
    case 'wallClock': {
      world.clock.setWallNs(world.clock.wallNs() + BigInt(step.byMs) * 1_000_000n);
      return;
    }
    case 'connect': {
      world.connect(step.delayMs);
      return;
    }
    case 'cut': {
      world.cut();
      return;
    }
    case 'crashServer':
      return world.crashServer();
    case 'mute':
    case 'unmute':
      world.robot.mute = step.do === 'mute';
  }
}

/** What is true after every step. */
function check({ robot, lines, granted, rooms }: MotionWorld): void {
  // One holder per token, ever, over restarts of the server too.
  const holders = new Map(granted.map(({ token, name }) => [token, name]));
  expect(holders.size).toBe(granted.length);
  // The robot was moved only by who held the token then; tokens only grow, and numbers under each.
  for (const [index, { token, sequence, issuer }] of robot.moved.entries()) {
    expect(issuer).toBe(holders.get(token));
    const before = robot.moved[index - 1];
    if (before === undefined) continue;
    expect(token).toBeGreaterThanOrEqual(before.token);
    if (token === before.token) expect(sequence).toBeGreaterThan(before.sequence);
  }
  for (const { frames } of lines) {
    for (const [index, { request }] of frames.entries()) {
      const before = frames[index - 1]?.request;
      expect(request.token).toBeGreaterThanOrEqual(before?.token ?? 1);
    }
  }
  // What readers are told is what holds.
  const held = rooms.motion.leases.holding('r1')?.identity;
  expect(rooms.fleet.device('r1')?.record().lease?.token).toBe(held?.token);
}

test('in thousands of histories nobody moves a robot but who holds its lease, and every stop arrives', async () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  const moved = { frames: 0, grants: 0, stops: 0 };
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      const world = new MotionWorld();
      world.connect();
      for (const step of history) {
        await run(world, step);
        check(world);
        // A lease ends with the robot's line, and with the server.
        if (['connect', 'cut', 'crashServer'].includes(step.do)) expect(world.rooms.motion.leases.size).toBe(0);
      }
      // All come back, and time passes.
      world.robot.mute = false;
      world.connect(5);
      const [first] = world.lines.at(-1)?.asked ?? [];
      const isOwed = world.rooms.motion.stops.size > 0;
      if (isOwed) expect(first?.request.action.kind).toBe('stop');
      await world.clock.advance(120_000);
      check(world);
      const lastStop = world.robot.stoppedMs.at(-1) ?? -1;
      for (const askedMs of world.stopsAskedMs) expect(lastStop).toBeGreaterThanOrEqual(askedMs);
      expect(world.rooms.motion.stops.size).toBe(0);
      expect(world.rooms.motion.leases.size).toBe(0);
      expect(world.clock.pendingTimers).toBe(0);
      expect(world.stolen).toBe(0);
      // Whatever happened, the robot can be moved again.
      const grants = world.granted.length;
      world.take(0, false, 1_000);
      await world.clock.advance(100);
      expect(world.granted.length).toBe(grants + 1);
      moved.frames += world.robot.moved.length;
      moved.grants += world.granted.length;
      moved.stops += world.stopsAskedMs.length;
    }),
    { seed, numRuns: 2_000 },
  );
  // The histories are not idle.
  expect(moved.frames).toBeGreaterThan(2_000);
  expect(moved.grants).toBeGreaterThan(500);
  expect(moved.stops).toBeGreaterThan(300);
}, 60_000);
