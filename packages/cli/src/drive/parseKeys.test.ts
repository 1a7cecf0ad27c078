import { expect, test } from 'vitest';
import { parseKeys } from './parseKeys.ts';

test.each([
  ['w', ['forward']],
  ['WASD', ['forward', 'left', 'back', 'right']],
  ['\x1b[A\x1b[B\x1b[C\x1b[D', ['forward', 'back', 'right', 'left']],
  ['\x1bOA', ['forward']],
  ['\x1b[1;2A', ['forward']],
  ['www', ['forward', 'forward', 'forward']],
  [' r', ['stop', 'release']],
  ['+=-', ['faster', 'faster', 'slower']],
  ['q\x03', ['quit', 'quit']],
  ['\x1b', ['other']],
  ['\x1b[', ['other']],
  ['\x1b[3~w', ['other', 'forward']],
  ['é☃', ['other', 'other']],
  ['', []],
])('%j', (text, keys) => {
  expect(parseKeys(text)).toEqual(keys);
});
