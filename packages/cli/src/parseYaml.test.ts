import { expect, test } from 'vitest';
import { parseYaml } from './parseYaml.ts';

test.each([
  ['{x: 1, y: 2, n: 3}', { x: 1n, y: 2n, n: 3n }],
  ['[yes, Off, true]', [true, false, true]],
  ['[1.0, 0x10, .5, -.inf]', [1, 16n, 0.5, -Infinity]],
  ['9223372036854775807', 9223372036854775807n],
  ['hello world', 'hello world'],
  ['2001-12-14', '2001-12-14'],
  ['', null],
])('%s is read as rostopic reads it', (text, value) => {
  expect(parseYaml(text)).toEqual(value);
});

test('what is no YAML is refused with the place', () => {
  expect(() => parseYaml('{a: [1')).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
});

test('a document that grows by aliases is refused', () => {
  const lines = ['a0: &a0 [1,1,1,1,1,1,1,1,1,1]'];
  for (let i = 1; i < 9; i++)
    lines.push(
      `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(',')}]`,
    );
  expect(() => parseYaml(lines.join('\n'))).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
});

test.each(['*x', '{a: *x}', '&a [*a, *b]'])('an alias of nothing (%s) is refused', (text) => {
  expect(() => parseYaml(text)).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
});
