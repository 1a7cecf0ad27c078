import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ModelWorld } from './CommandsModel.fixture.ts';
import type { Fate } from './CommandsModel.fixture.ts';

type Step =
  | { readonly do: 'submit'; readonly fate: Fate; readonly deadlineMs: number; readonly whenOffline: 'refuse' | 'wait' }
  | { readonly do: 'wait'; readonly forMs: number }
  /** A command is made while the robot is away, which then comes back. */
  | { readonly do: 'away'; readonly fate: Fate; readonly deadlineMs: number; readonly forMs: number }
  | { readonly do: 'wallClock'; readonly byMs: number }
  | { readonly do: 'cancel' | 'cut' | 'connect' | 'restartRobot' | 'crashServer' };

const fate: fc.Arbitrary<Fate> = fc.record({
  thereMs: fc.constantFrom(1, 40, 900),
  runMs: fc.constantFrom(0, 30, 1_500, 20_000),
  backMs: fc.constantFrom(1, 40, 3_000),
  outcome: fc.constantFrom('done', 'failed'),
  answerLost: fc.boolean(),
});
const submit: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('submit'),
  fate,
  deadlineMs: fc.constantFrom(500, 5_000, 60_000),
  whenOffline: fc.constantFrom('refuse', 'wait'),
});
const wait: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('wait'),
  forMs: fc.constantFrom(1, 30, 700, 4_500, 8_000),
});
const away: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('away'),
  fate,
  deadlineMs: fc.constantFrom(500, 5_000),
  forMs: fc.constantFrom(10, 450, 4_900),
});
const wallClock: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('wallClock'),
  byMs: fc.constantFrom(-3_600_000, 3_600_000),
});
const event = (name: 'cancel' | 'cut' | 'connect' | 'restartRobot' | 'crashServer'): fc.Arbitrary<Step> =>
  fc.constant({ do: name });
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: submit },
    { weight: 6, arbitrary: wait },
    { weight: 3, arbitrary: event('cut') },
    { weight: 4, arbitrary: event('connect') },
    { weight: 2, arbitrary: away },
    event('cancel'),
    event('restartRobot'),
    event('crashServer'),
    wallClock,
  ),
  { minLength: 5, maxLength: 40 },
);

async function run(world: ModelWorld, step: Step): Promise<void> {
  const { clock } = world;
  switch (step.do) {
    case 'submit': {
      world.submit(step.fate, step.deadlineMs, step.whenOffline);
      return;
    }
    case 'wait':
      return clock.advance(step.forMs);
    case 'away':
      world.cut();
      world.submit(step.fate, step.deadlineMs, 'wait');
      await clock.advance(step.forMs);
      {
        world.connect();
        return;
      }
    case 'wallClock': {
      clock.setWallNs(clock.wallNs() + BigInt(step.byMs) * 1_000_000n);
      return;
    }
    case 'cancel': {
      world.cancelNewest();
      return;
    }
    case 'cut': {
      world.cut();
      return;
    }
    case 'connect': {
      world.connect();
      return;
    }
    case 'restartRobot': {
      world.restartRobot();
      return;
    }
    case 'crashServer': {
      world.crashServer();
      return;
    }
  }
}

/** What a verdict says of the number of executions. */
const executionsOf: Readonly<Record<string, readonly number[]>> = {
  done: [1],
  failed: [1],
  rejected: [0],
  expired: [0],
  cancelled: [0],
  unknown: [0, 1],
};

test('whatever happens, no command is executed late or twice, each ends, and no verdict is wrong', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      const world = new ModelWorld();
      for (const step of history) await run(world, step);
      await world.clock.advance(200_000);
      world.connect();
      await world.clock.advance(200_000);
      expect(world.faults).toEqual([]);
      for (const { id, atMs } of world.robot.executions) {
        const made = world.made.get(id);
        expect(atMs - (made?.bornMs ?? 0), `age of ${id}`).toBeLessThan(made?.deadlineMs ?? 0);
      }
      for (const id of world.ids) {
        const state = world.state(id);
        // What was made in the last 20 ms before a crash is lost; nobody was told more than that it is under way.
        if (state === undefined) continue;
        expect(executionsOf[state], `${id} ended as ${state}`).toContain(world.robot.executed(id));
      }
      for (const id of world.ids) expect(world.robot.executed(id), `executions of ${id}`).toBeLessThanOrEqual(1);
    }),
    { numRuns: 1_000 },
  );
}, 60_000);
