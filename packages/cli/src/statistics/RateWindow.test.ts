import { expect, test } from 'vitest';
import { BandwidthWindow, bandwidthText } from './BandwidthWindow.ts';
import { percentile } from './percentile.ts';
import { RateWindow } from './RateWindow.ts';

test('rate, extremes and deviation of the intervals, as rostopic hz computes them', () => {
  const window = new RateWindow();
  expect(window.summary()).toBeUndefined();
  for (const timeS of [10, 10.1, 10.3]) window.add(timeS);
  const summary = window.summary();
  expect(summary?.window).toBe(3);
  expect(summary?.rateHz).toBeCloseTo(1 / 0.15, 6);
  expect([summary?.minS, summary?.maxS, summary?.stdDevS].map((value) => value?.toFixed(3))).toEqual([
    '0.100',
    '0.200',
    '0.050',
  ]);
});

test('a window holds the newest messages only, and begins anew when time goes back', () => {
  const window = new RateWindow(3);
  for (const timeS of [0, 1, 2, 2.5, 3]) window.add(timeS);
  expect(window.summary()).toMatchObject({ rateHz: 2, window: 3 });
  window.add(1);
  expect(window.summary()).toBeUndefined();
});

test('bandwidth is printed in one unit chosen by the rate', () => {
  const window = new BandwidthWindow(2);
  for (const timeS of [0, 1, 2]) window.add(timeS, 3_000);
  const summary = window.summary(3);
  expect(summary && bandwidthText(summary)).toBe('average: 3.00KB/s\n\tmean: 3.00KB min: 3.00KB max: 3.00KB window: 2');
});

test('percentiles are by nearest rank', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect([percentile(values, 0.5), percentile(values, 0.99), percentile([], 0.5)]).toEqual([50, 99, undefined]);
});
