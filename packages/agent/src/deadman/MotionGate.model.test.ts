import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GateHistory } from './GateHistory.fixture.ts';
import { gateStep, takeStep } from './gateSteps.fixture.ts';

/** More with `LONGLINE_HISTORIES`. */
const HISTORIES = Number(process.env['LONGLINE_HISTORIES'] ?? 3_000);

test(
  'whatever operators, programs, networks, clocks, disks and crashes do: ROS never gets an order without its lease, late, twice, ' +
    'out of order or while latched, and what moves stops in time',
  { timeout: 60_000 + HISTORIES * 100 },
  async () => {
    let executed = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(gateStep, { minLength: 5, maxLength: 60, size: 'max' }), async (steps) => {
        const history = new GateHistory();
        await history.start();
        await history.take(2_000);
        for (const step of steps) await takeStep(history, step);
        await history.end();
        executed += history.executed;
      }),
      { numRuns: HISTORIES },
    );
    // Histories in which nothing moves would prove nothing.
    expect(executed).toBeGreaterThan(HISTORIES);
  },
);
