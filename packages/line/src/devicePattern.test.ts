import { expect, test } from 'vitest';
import { devicePattern } from './devicePattern.ts';

test.each([
  ['r1', 'r1', true],
  ['r1', 'r10', false],
  ['*', 'anything', true],
  ['r*', 'r', true],
  ['r*', 'x', false],
  ['*-left', 'arm-left', true],
  ['a*a', 'a', false],
  ['a*b*c', 'a-b-c', true],
  ['a*b*c', 'a-c', false],
  ['a*bc*c', 'abc', false],
  ['a.c', 'abc', false],
])('%s against %s: %s', (pattern, device, matches) => {
  expect(devicePattern(pattern).matchesDevice(device)).toBe(matches);
});

test('takes linear time whatever the pattern', () => {
  const selection = devicePattern(`${'a*'.repeat(100)}b`);
  expect(selection.matchesDevice('a'.repeat(100_000))).toBe(false);
});

test.each(['', 'a b', '/x', '*/x', 'x'.repeat(300)])('%j is refused', (pattern) => {
  expect(() => devicePattern(pattern)).toThrow(expect.objectContaining({ code: 'PATTERN_INVALID' }));
});
