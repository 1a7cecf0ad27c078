import { describe, expect, test } from 'vitest';
import { parseJsonExact, stringifyExact } from './exactJson.ts';

describe('parseJsonExact', () => {
  test.each<[string, unknown]>([
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', 9007199254740993n],
    ['-18446744073709551615', -18446744073709551615n],
    ['{"a":[18446744073709551615]}', { a: [18446744073709551615n] }],
    ['1e400', Number.POSITIVE_INFINITY],
    ['12345678901234567890.5', Number('12345678901234567890.5')],
    ['"12345678901234567890"', '12345678901234567890'],
    ['"\\/\\u00e9"', '/é'],
    ['[9007199254740993]', [9007199254740993n]],
    ['[1, -9007199254740993 ]', [1, -9007199254740993n]],
    ['["\\\\",9007199254740993]', ['\\', 9007199254740993n]],
    [
      '[0.1234567890123456789,1234567890123456789e2]',
      [Number('0.1234567890123456789'), Number('1234567890123456789e2')],
    ],
    ['-0', -0],
  ])('reads %s', (text, expected) => {
    expect(parseJsonExact(text)).toEqual(expected);
  });

  test.each(['', '{', '[1,]', 'NaN', '{"a":1}}', '['.repeat(129) + ']'.repeat(129), '['.repeat(1e6)])(
    'refuses what is not JSON or nests too deep (case %#)',
    (text) => {
      expect(() => parseJsonExact(text)).toThrow(expect.objectContaining({ code: 'MESSAGE_INVALID' }));
    },
  );

  test('brackets in strings do not count as nesting', () => {
    expect(parseJsonExact(`"${'['.repeat(500)}\\"["`)).toBe(`${'['.repeat(500)}"[`);
  });
});

describe('stringifyExact', () => {
  test.each<[unknown, string]>([
    [18446744073709551615n, '18446744073709551615'],
    [Number.NaN, '"NaN"'],
    [Number.NEGATIVE_INFINITY, '"-Infinity"'],
    [-0, '-0'],
    [Uint8Array.of(1, 2, 3, 4), '"AQIDBA=="'],
    [BigInt64Array.of(-1n), '[-1]'],
    [Float32Array.of(0.5, Number.NaN), '[0.5,"NaN"]'],
    [{ 'a"b': [true, null, 'é\n'], u: undefined }, '{"a\\"b":[true,null,"é\\n"]}'],
  ])('writes %o', (value, expected) => {
    expect(stringifyExact(value)).toBe(expected);
  });

  test('writes null for NaN where asked', () => {
    expect(stringifyExact([Number.NaN], { nonFinite: 'null' })).toBe('[null]');
  });

  test('refuses cycles and functions', () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(() => stringifyExact(cycle)).toThrow(expect.objectContaining({ code: 'MESSAGE_INVALID' }));
    expect(() => stringifyExact(() => 0)).toThrow(expect.objectContaining({ code: 'MESSAGE_INVALID' }));
  });
});
