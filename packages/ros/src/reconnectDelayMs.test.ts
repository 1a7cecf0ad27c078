import { expect, test } from 'vitest';
import { LONGEST_RECONNECT_MS, reconnectDelayMs } from './reconnectDelayMs.ts';

test('pauses double from 0.2 s to 3 s, and chance takes up to half off', () => {
  expect([0, 1, 2, 3, 4, 5, 1000].map((failures) => reconnectDelayMs(failures, 0))).toEqual([
    200, 400, 800, 1600, 3000, 3000, 3000,
  ]);
  expect(reconnectDelayMs(9, 1)).toBe(LONGEST_RECONNECT_MS / 2);
});
