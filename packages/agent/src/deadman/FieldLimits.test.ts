import type { RosObject } from '@longline/ros';
import { expect, test } from 'vitest';
import type { FieldLimit } from '../config/motionSchema.ts';
import { applyLimits, checkFinite } from './FieldLimits.ts';

const limit = (field: string, rest: Partial<FieldLimit> = {}): FieldLimit => ({
  field,
  min: -1,
  max: 1,
  beyond: 'refuse',
  ...rest,
});
const code = (value: RosObject, ...limits: FieldLimit[]): string => {
  try {
    applyLimits(value, limits);
    return 'passes';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
};

test('a value within its limits is the same value', () => {
  const value = { linear: { x: 1 }, name: 'a' };
  expect(applyLimits(value, [limit('linear.x')])).toEqual({ value, isChanged: false });
  expect(applyLimits(value, []).value).toBe(value);
});

test('a value beyond is refused, or clamped while all else stays', () => {
  const value = { linear: { x: 3, y: 9 }, name: 'a' };
  expect(code(value, limit('linear.x'))).toBe('LIMIT_BEYOND');
  expect(applyLimits(value, [limit('linear.x', { beyond: 'clamp' })])).toEqual({
    value: { linear: { x: 1, y: 9 }, name: 'a' },
    isChanged: true,
  });
  expect(value.linear.x).toBe(3);
});

test('every element of an array is meant, of numbers and of messages', () => {
  const clamp = { beyond: 'clamp' as const };
  expect(applyLimits({ a: Float64Array.of(0, 5, -5) }, [limit('a', clamp)]).value).toEqual({
    a: Float64Array.of(0, 1, -1),
  });
  expect(applyLimits({ a: BigInt64Array.of(5n) }, [limit('a', clamp)]).value).toEqual({ a: BigInt64Array.of(1n) });
  expect(applyLimits({ points: [{ v: 2 }, { v: 0 }] }, [limit('points.v', clamp)]).value).toEqual({
    points: [{ v: 1 }, { v: 0 }],
  });
  expect(code({ points: [] }, limit('points.v'))).toBe('passes');
});

test('one bound is enough, and whole numbers of 64 bits have bounds too', () => {
  expect(code({ x: -9 }, { field: 'x', max: 1, beyond: 'refuse' })).toBe('passes');
  expect(code({ x: 9n }, { field: 'x', max: 1, beyond: 'refuse' })).toBe('LIMIT_BEYOND');
});

test.each([Number.NaN, Infinity, -Infinity])('%d is beyond every limit, also of one that clamps', (x) => {
  expect(code({ x }, limit('x', { beyond: 'clamp' }))).toBe('LIMIT_BEYOND');
});

test('a limit of a field that does not exist, or is no number, lets nothing through', () => {
  expect(code({ x: 1 }, limit('y'))).toBe('CONFIG_INVALID');
  expect(code({ x: 1 }, limit('toString'))).toBe('CONFIG_INVALID');
  expect(code({ x: 'fast' }, limit('x'))).toBe('CONFIG_INVALID');
  expect(code({ x: { y: 1 } }, limit('x'))).toBe('CONFIG_INVALID');
});

test('no number anywhere in a message may be infinite or none', () => {
  expect(() => checkFinite({ a: { b: [1, { c: Float32Array.of(0, Number.NaN) }] } })).toThrow('a.b.c is NaN');
  expect(() => checkFinite({ a: 1, b: 2n, c: 'NaN', d: true, e: Float64Array.of(1) })).not.toThrow();
});
