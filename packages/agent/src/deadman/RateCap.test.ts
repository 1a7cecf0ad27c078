import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { RateCap } from './RateCap.ts';

/** How many of a stream pass. */
async function passed(maxRateHz: number | undefined, intervalsMs: readonly number[]): Promise<number> {
  const clock = new FakeClock();
  const cap = new RateCap(clock, maxRateHz);
  let count = 0;
  for (const intervalMs of intervalsMs) {
    if (cap.take()) count += 1;
    await clock.advance(intervalMs);
  }
  return count;
}

test('a stream at the very rate passes whole, though it jitters', async () => {
  expect(
    await passed(
      100,
      Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? 3 : 17)),
    ),
  ).toBe(200);
});

test('a faster one is cut to the rate', async () => {
  const count = await passed(10, Array<number>(500).fill(2));
  expect(count).toBeGreaterThanOrEqual(10);
  expect(count).toBeLessThanOrEqual(12);
});

test('without a rate all pass', async () => {
  expect(await passed(undefined, Array<number>(100).fill(0))).toBe(100);
});
