import type { NumericType } from './numericTypes.ts';
import { valueError } from './plainError.ts';
import type { NumericArray } from './RosValue.ts';

const MAX_FLOAT32 = 3.4028234663852886e38;
const namedFloats: ReadonlyMap<unknown, number> = new Map<unknown, number>([
  [null, Number.NaN],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

/** Checks one number against its type. 64-bit integers may come as `bigint`, whole `number` or decimal text. */
export function plainNumber(type: NumericType, value: unknown, path: string, root: string): number | bigint {
  switch (type.form) {
    case 'float':
      return floatFromPlain(type, value, path, root);
    case 'integer': {
      if (typeof value !== 'bigint' && !Number.isInteger(value)) throw integerError(type, value, path, root);
      const number = Number(value);
      if (number < type.minNumber || number > type.maxNumber) throw integerError(type, value, path, root);
      // -0 is no integer on the wire.
      return number === 0 ? 0 : number;
    }
    case 'bigint': {
      const big = bigintFromPlain(value);
      if (big === undefined || big < type.min || big > type.max) throw integerError(type, value, path, root);
      return big;
    }
  }
}

/** Checks every element; a typed array of the right kind is taken as it is. */
export function plainNumericArray(
  type: NumericType,
  list: ArrayLike<unknown>,
  path: string,
  root: string,
): NumericArray {
  const empty = type.makeArray(0);
  if (isNumericArray(list) && list[Symbol.toStringTag] === empty[Symbol.toStringTag]) return list;
  const values = type.makeArray(list.length);
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    // A check that needs no path comes first: arrays are long.
    values[i] = isPlainlyRight(type, item) ? item : plainNumber(type, item, `${path}[${i}]`, root);
  }
  return values;
}

function isPlainlyRight(type: NumericType, value: unknown): value is number {
  if (typeof value !== 'number') return false;
  return type.form === 'integer'
    ? Number.isInteger(value) && value >= type.minNumber && value <= type.maxNumber
    : type.name === 'float64';
}

function isNumericArray(value: ArrayLike<unknown>): value is NumericArray {
  return ArrayBuffer.isView(value);
}

function floatFromPlain(type: NumericType, value: unknown, path: string, root: string): number {
  // Exact JSON gives floats that are whole and large as bigint.
  const number = typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : namedFloats.get(value);
  if (number === undefined) {
    throw valueError(root, path, `a ${type.name} (a number, null, "NaN", "Infinity" or "-Infinity")`, value);
  }
  if (type.bytes === 4 && Number.isFinite(number) && Math.abs(number) > MAX_FLOAT32) {
    throw valueError(root, path, 'a float32 between -3.4e38 and 3.4e38', value);
  }
  return type.bytes === 4 ? Math.fround(number) : number;
}

function bigintFromPlain(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  // A number beyond 2^53 has already lost its digits.
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? BigInt(value) : undefined;
}

function integerError(type: NumericType, value: unknown, path: string, root: string): Error {
  const exact = type.form === 'bigint' ? ' (beyond 2^53 as bigint or decimal text)' : '';
  return valueError(root, path, `an integer of ${type.name}, ${type.min} to ${type.max}${exact}`, value);
}
