import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExactJsonReader } from './ExactJsonReader.ts';
import { parseJsonExact } from './exactJson.ts';

const read = (text: string): unknown => new ExactJsonReader(text).read();

test('what JSON.parse reads is read alike, blanks and escapes included', () => {
  const blank = fc.constantFrom('', ' ', '\n\t', ' \r\n ');
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(0, 1, 3), blank, (value, indent, around) => {
      const text = `${around}${JSON.stringify(value, null, indent)}${around}`;
      fc.pre(!/\d{16}/.test(text));
      expect(read(text)).toEqual(JSON.parse(text));
    }),
    { numRuns: 1_000 },
  );
  for (const text of ['"\\"\\\\"', '"\\u0022\\/"', '{"":[]}', '[ ]', '{ }', '[{},[]]', '-0.5e-3', '1E+2', '"\\\\"']) {
    expect(read(text)).toEqual(JSON.parse(text));
  }
});

test('integers beyond 2^53 are exact wherever they stand', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: 2n ** 53n, max: 2n ** 70n })), (values) => {
      const text = `{"a":[${values.join(', ')}],"b":{"c":-9007199254740993}}`;
      expect(read(text)).toEqual({ a: values, b: { c: -9007199254740993n } });
    }),
  );
});

test('a member named __proto__ is a member, and changes no prototype', () => {
  const value = parseJsonExact('{"__proto__":{"isAdmin":true},"n":9007199254740993}') as object;
  expect(Object.keys(value)).toEqual(['__proto__', 'n']);
  expect('isAdmin' in value).toBe(false);
});
