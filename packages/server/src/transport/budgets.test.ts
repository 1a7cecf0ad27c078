import { FrameBuilder, recordKinds } from '@longline/line';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countRecords } from './countRecords.ts';
import { IntakeBudget } from './IntakeBudget.ts';
import { KeyedBudgets } from './KeyedBudgets.ts';
import { RateBudget } from './RateBudget.ts';

test('what is taken is refused when it is used up, and is there again with time', () => {
  const budget = new RateBudget(10, 20);
  for (let i = 0; i < 20; i++) expect(budget.take(1, 0)).toBe(0);
  expect(budget.take(1, 0)).toBe(100);
  expect(budget.take(1, 50)).toBe(50);
  expect(budget.take(1, 100)).toBe(0);
  expect(budget.isFull(2_000)).toBe(false);
  expect(budget.isFull(2_100)).toBe(true);
});

test('no rate is above the bound for longer than the burst lasts', () => {
  const steps = fc.array(fc.tuple(fc.nat(50), fc.nat(30)), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (list) => {
      const budget = new RateBudget(100, 200);
      let nowMs = 0;
      let taken = 0;
      for (const [waitMs, amount] of list) {
        nowMs += waitMs;
        if (budget.take(amount, nowMs) === 0) taken += amount;
      }
      expect(taken).toBeLessThanOrEqual(200 + (nowMs / 1000) * 100 + 1e-6);
    }),
  );
});

test('who sends too much waits until it is paid, never longer than lets heartbeats live', () => {
  const budget = new IntakeBudget({ recordsPerSecond: 1_000, bytesPerSecond: 1e6 });
  expect(budget.charge(1_000, 10, 0)).toBe(0);
  expect(budget.charge(100, 10, 0)).toBe(100);
  expect(budget.charge(0, 10, 100)).toBe(0);
  expect(budget.charge(0, 1_200_000, 100)).toBeCloseTo(200, 0);
  expect(budget.charge(1e9, 0, 100)).toBeLessThan(3_000);
});

test('each key has a budget of its own, and none is kept that is full', () => {
  const budgets = new KeyedBudgets(1, 2);
  expect([budgets.take('a', 0), budgets.take('a', 0), budgets.take('a', 0)]).toEqual([0, 0, 1_000]);
  expect(budgets.take('b', 0)).toBe(0);
  for (let i = 0; i < 100_000; i++) budgets.take(`key ${i}`, i * 10);
  expect(budgets.size).toBeLessThan(2_000);
});

test('a flood of keys at once is bounded', () => {
  const budgets = new KeyedBudgets(1);
  for (let i = 0; i < 250_000; i++) budgets.take(`key ${i}`, 0);
  expect(budgets.size).toBeLessThanOrEqual(100_000);
});

test('records are counted by their lengths, whatever is in them', () => {
  const builder = new FrameBuilder();
  for (let i = 0; i < 5; i++) builder.append(recordKinds.ackRequest);
  builder.append(recordKinds.ping, new Uint8Array(32));
  const frame = builder.take().slice();
  expect(countRecords(frame)).toBe(6);
  expect(countRecords(new Uint8Array(0))).toBe(0);
  expect(countRecords(frame.subarray(0, 3))).toBe(1);
  expect(countRecords(new Uint8Array([1, 0xff, 0xff, 0xff, 0xff, 1, 2]))).toBe(1);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => countRecords(bytes) <= bytes.length));
});
