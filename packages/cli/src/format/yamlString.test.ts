import { expect, test } from 'vitest';
import { doubleQuoted, yamlScalar } from './yamlString.ts';

// Recorded from PyYAML 6: yaml.dump(text, default_style='"') and the items of yaml.dump([text]).
test.each([
  ['hello', '"hello"', 'hello'],
  ['a "b" \\', '"a \\"b\\" \\\\"', 'a "b" \\'],
  ['tab\tnew\n', '"tab\\tnew\\n"', undefined],
  ['é€😀', '"\\xE9\\u20AC\\U0001F600"', '"\\xE9\\u20AC\\U0001F600"'],
  ['word '.repeat(18), `"${'word '.repeat(16)}word\\\n  \\ word "`, undefined],
  ['yes', '"yes"', "'yes'"],
  ['1.5', '"1.5"', "'1.5'"],
  ['1:30', '"1:30"', "'1:30'"],
  ['2001-01-01', '"2001-01-01"', "'2001-01-01'"],
  ['a: b', '"a: b"', "'a: b'"],
  ['a:b', '"a:b"', 'a:b'],
  ["it's", '"it\'s"', "it's"],
  ["'q'", '"\'q\'"', "'''q'''"],
  ['- x', '"- x"', "'- x'"],
  ['-x', '"-x"', '-x'],
])('%j', (text, quoted, item) => {
  expect(doubleQuoted(text)).toBe(quoted);
  if (item !== undefined) expect(yamlScalar(text)).toBe(item);
});
