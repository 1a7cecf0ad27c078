import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { CoarseTimers } from './CoarseTimers.ts';

class Target {
  readonly wokenMs: number[] = [];
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  handleTimer(): void {
    this.wokenMs.push(this.#clock.monotonicMs());
  }
}

test('many targets share one timer, and each is woken once, never early and at most two grains late', async () => {
  const clock = new FakeClock({ startMs: 12_345.6 });
  const timers = new CoarseTimers(clock);
  const waits = Array.from({ length: 300 }, (_, index) => {
    const target = new Target(clock);
    const dueMs = clock.monotonicMs() + index * 7;
    timers.after(index * 7, target);
    return { target, dueMs };
  });
  expect(clock.pendingTimers).toBe(1);
  await clock.advance(3_000);
  for (const { target, dueMs } of waits) {
    expect(target.wokenMs).toHaveLength(1);
    expect(target.wokenMs[0]! - dueMs).toBeGreaterThanOrEqual(0);
    expect(target.wokenMs[0]! - dueMs).toBeLessThanOrEqual(200);
  }
  expect(clock.pendingTimers).toBe(0);
});

test('who cancels is not woken, and a timer that nobody waits for ends', async () => {
  const clock = new FakeClock();
  const timers = new CoarseTimers(clock);
  const target = new Target(clock);
  timers.cancel(timers.after(1_000, target), target);
  await clock.advance(500);
  expect(clock.pendingTimers).toBe(0);
  await clock.advance(2_000);
  expect(target.wokenMs).toEqual([]);
});

test('when the process stood still timers wait one grain more', async () => {
  const clock = new FakeClock();
  const timers = new CoarseTimers(clock);
  const target = new Target(clock);
  timers.after(1_000, target);
  await clock.advance(950);
  clock.stall(5_000);
  await clock.advance(0);
  expect(target.wokenMs).toEqual([]);
  await clock.advance(100);
  expect(target.wokenMs).toHaveLength(1);
});
