import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pythonFloat } from './pythonFloat.ts';

// Recorded from Python 3.11's repr().
test.each([
  [0, '0.0'],
  [-0, '-0.0'],
  [1, '1.0'],
  [100, '100.0'],
  [0.1, '0.1'],
  [Math.fround(0.1), '0.10000000149011612'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [1.5e-7, '1.5e-07'],
  [123456789012345680, '1.2345678901234568e+17'],
  [1e15, '1000000000000000.0'],
  [1e16, '1e+16'],
  [-1.7976931348623157e308, '-1.7976931348623157e+308'],
  [5e-324, '5e-324'],
  [Number.NaN, 'nan'],
  [Infinity, 'inf'],
  [-Infinity, '-inf'],
])('%d is printed as %s', (value, text) => {
  expect(pythonFloat(value)).toBe(text);
});

test('every float reads back as itself', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(Number(pythonFloat(value))).toBe(value);
    }),
  );
});
