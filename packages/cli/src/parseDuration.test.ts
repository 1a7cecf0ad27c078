import { expect, test } from 'vitest';
import { parseDuration } from './parseDuration.ts';

test.each([
  ['20s', 20_000],
  ['500ms', 500],
  ['1m', 60_000],
  ['1.5h', 5_400_000],
  ['3', 3_000],
  ['.5s', 500],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', 'x', '-1s', '0s', '1 day', '25h', '1e3s', 'Infinity'])('%j is refused', (text) => {
  expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
});
