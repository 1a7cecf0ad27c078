import { expect, test } from 'vitest';
import { MAX_RECONNECT_DELAY_MS, MIN_RECONNECT_DELAY_MS, reconnectDelay } from './reconnectDelay.ts';

test('delays double from 0.2 s to 3 s, and chance takes up to half off', () => {
  expect([0, 1, 2, 3, 4, 5, 1000].map((attempt) => reconnectDelay(attempt, 0))).toEqual([
    200, 400, 800, 1600, 3000, 3000, 3000,
  ]);
  expect(reconnectDelay(9, 1)).toBe(MAX_RECONNECT_DELAY_MS / 2);
  expect(reconnectDelay(0, 1)).toBe(MIN_RECONNECT_DELAY_MS);
});
