import { silentLog } from '@longline/ros';
import type { Lane } from '@longline/line';
import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { budgetSchema } from '../config/budgetSchema.ts';
import { budgetTable } from './budgetTable.ts';
import { DataBudget } from './DataBudget.ts';

const MB = 1024 * 1024;
const HOUR_MS = 3_600_000;

function setUp(config: Parameters<typeof budgetSchema.parse>[0] = { bytesPerDay: 100 * MB }): {
  clock: FakeClock;
  budget: DataBudget;
  changes: string[];
  warnings: unknown[];
} {
  const clock = new FakeClock({ startMs: 10 * HOUR_MS });
  const changes: string[] = [];
  const warnings: unknown[] = [];
  const budget = new DataBudget({
    clock,
    log: { ...silentLog, warn: (details: unknown) => void warnings.push(details) },
    config: budgetSchema.parse(config),
    handleChange: () => void changes.push(budget.use.level),
  });
  return { clock, budget, changes, warnings };
}

test('a budget degrades at 70 and 90 % and cuts at 100 %, control never', async () => {
  const { clock, budget, changes, warnings } = setUp();
  budget.handleSent('bulk', 70 * MB - 1);
  await clock.advance(1);
  expect(changes).toEqual([]);
  for (const bytes of [1, 20 * MB - 1, 1, 10 * MB]) {
    budget.handleSent('state', bytes);
    await clock.advance(1);
  }
  expect(changes).toEqual(['thinned', 'sparse', 'spent']);
  expect(warnings.length).toBe(3);
  expect(budget.allowance('control')).toBe(budgetTable.free.control);
  expect(budget.allowance('state').rateHz).toBe(1);
  expect(budget.allowance('telemetry').rateHz).toBe(0);
  expect(budget.allowance('bulk').rateHz).toBe(0);
  expect(budget.use).toMatchObject({ usedBytes: 100 * MB, laneBytes: { bulk: 70 * MB - 1, state: 30 * MB + 1 } });
});

test('each level takes from bulk first, and from control nothing', () => {
  const { thinned, sparse } = budgetTable;
  expect(thinned.bulk).toMatchObject({ oneOf: 2, watchedOnly: false });
  expect([thinned.state, thinned.telemetry]).toEqual([budgetTable.free.state, budgetTable.free.telemetry]);
  expect(sparse.bulk).toMatchObject({ oneOf: 2, watchedOnly: true });
  expect(sparse.telemetry.oneOf).toBe(2);
  for (const level of Object.values(budgetTable)) expect(level.control).toBe(budgetTable.free.control);
});

test('what was sent is forgotten after 24 hours, hour by hour, and the levels come back', async () => {
  const { clock, budget, changes } = setUp();
  budget.handleSent('bulk', 40 * MB);
  await clock.advance(3 * HOUR_MS);
  budget.handleSent('bulk', 60 * MB);
  expect(budget.use.level).toBe('spent');
  await clock.advance(22 * HOUR_MS - 1);
  expect(budget.use.usedBytes).toBe(100 * MB);
  await clock.advance(1);
  expect(budget.use).toMatchObject({ usedBytes: 60 * MB, level: 'free' });
  expect(changes).toEqual(['spent', 'free']);
  expect(clock.pendingTimers).toBe(0);
  await clock.advance(30 * HOUR_MS);
  budget.handleSent('state', 5);
  expect(budget.use).toMatchObject({ usedBytes: 5, laneBytes: { bulk: 0, state: 5 } });
});

test('a lane with a budget of its own is degraded alone', () => {
  const { budget } = setUp({ bytesPerDay: 1_000 * MB, lanes: { bulk: 10 * MB } });
  budget.handleSent('bulk', 10 * MB);
  expect(budget.allowance('bulk').rateHz).toBe(0);
  expect(budget.allowance('telemetry')).toBe(budgetTable.free.telemetry);
  expect(budget.use.level).toBe('spent');
});

test.each<Lane>(['state', 'telemetry', 'bulk', 'control'])('bytes of the lane %s count', (lane) => {
  const { budget } = setUp({ bytesPerDay: MB });
  budget.handleSent(lane, MB);
  expect(budget.use).toMatchObject({ level: 'spent', laneBytes: { [lane]: MB } });
});
