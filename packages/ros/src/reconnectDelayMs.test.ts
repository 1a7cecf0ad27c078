import { expect, test } from 'vitest';
import { awayDelayMs, LONGEST_RECONNECT_MS, reconnectDelayMs } from './reconnectDelayMs.ts';

test('pauses double from 0.2 s to 3 s, and chance takes up to half off', () => {
  expect([0, 1, 2, 3, 4, 5, 1000].map((failures) => reconnectDelayMs(failures, 0))).toEqual([
    200, 400, 800, 1600, 3000, 3000, 3000,
  ]);
  expect(reconnectDelayMs(9, 1)).toBe(LONGEST_RECONNECT_MS / 2);
});

test('a peer that nobody listens for is asked often at first, and after long as seldom as any other', () => {
  expect([0, 1, 2, 9].map((failures) => awayDelayMs(failures, 1_000, 0))).toEqual([200, 400, 600, 600]);
  expect([10_000, 60_000].map((awayMs) => awayDelayMs(9, awayMs, 0))).toEqual([1_000, 3_000]);
  expect(awayDelayMs(9, 0, 1)).toBe(300);
});
