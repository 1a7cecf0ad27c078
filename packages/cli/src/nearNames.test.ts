import { expect, test } from 'vitest';
import { suggestion } from './nearNames.ts';

const topics = ['/turtle1/pose', '/turtle1/cmd_vel', '/rosout'];

test.each([
  ['/turtle1/pos', topics, 'Did you mean /turtle1/pose?'],
  ['/pose', topics, 'Did you mean /turtle1/pose?'],
  ['/turtle1/cmdvel', topics, 'Did you mean /turtle1/cmd_vel?'],
  ['/zzzzzzzz', topics, 'The topics are /turtle1/pose, /turtle1/cmd_vel, /rosout.'],
  ['/x', [], 'There are no topics.'],
  ['qqqqqqqq', ['a', 'b', 'c', 'd', 'e', 'f', 'g'], 'The topics are a, b, c, d, e and 2 more.'],
])('%s', (name, known, text) => {
  expect(suggestion(name, known, 'topics')).toBe(text);
});
