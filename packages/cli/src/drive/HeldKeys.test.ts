import { expect, test } from 'vitest';
import { FIRST_MS, HeldKeys, REPEAT_MS } from './HeldKeys.ts';

const still = { linear: 0, angular: 0 };

test('one press counts until the keyboard would have begun to repeat', () => {
  const keys = new HeldKeys();
  expect(keys.direction(0)).toEqual(still);
  keys.handleKey('forward', 1_000);
  expect(keys.direction(1_000 + FIRST_MS - 1)).toEqual({ linear: 1, angular: 0 });
  expect(keys.direction(1_000 + FIRST_MS)).toEqual(still);
});

test('a repeated key counts as released soon after the last repeat', () => {
  const keys = new HeldKeys();
  for (let ms = 0; ms <= 3_000; ms += 40) keys.handleKey('left', ms);
  expect(keys.direction(3_000 + REPEAT_MS - 1)).toEqual({ linear: 0, angular: 1 });
  expect(keys.direction(3_000 + REPEAT_MS)).toEqual(still);
});

test('forward and a turn can be held together; the opposite key takes over', () => {
  const keys = new HeldKeys();
  keys.handleKey('forward', 0);
  keys.handleKey('right', 10);
  expect(keys.direction(20)).toEqual({ linear: 1, angular: -1 });
  keys.handleKey('back', 30);
  expect(keys.direction(40)).toEqual({ linear: -1, angular: -1 });
});

test.each(['stop', 'other', 'release', 'take', 'quit'] as const)('%s releases all', (key) => {
  const keys = new HeldKeys();
  keys.handleKey('forward', 0);
  keys.handleKey('left', 0);
  keys.handleKey(key, 1);
  expect(keys.direction(2)).toEqual(still);
});
