import type { NumericArray } from './RosValue.ts';

export type NumericName =
  'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'int64' | 'uint64' | 'float32' | 'float64';

/** Everything the codecs need to know of one numeric type. */
export interface NumericType {
  readonly name: NumericName;
  readonly bytes: 1 | 2 | 4 | 8;
  /** How a value looks in JavaScript. */
  readonly form: 'integer' | 'bigint' | 'float';
  readonly min: bigint;
  readonly max: bigint;
  readonly minNumber: number;
  readonly maxNumber: number;
  readonly makeArray: (length: number) => NumericArray;
  readonly get: (view: DataView, offset: number, littleEndian: boolean) => number | bigint;
  readonly set: (view: DataView, offset: number, value: number | bigint, littleEndian: boolean) => void;
}

const noRange = { min: 0n, max: 0n, minNumber: 0, maxNumber: 0 };

function range(bits: number, signed: boolean): Pick<NumericType, 'min' | 'max' | 'minNumber' | 'maxNumber'> {
  const span = 1n << BigInt(signed ? bits - 1 : bits);
  const min = signed ? -span : 0n;
  const max = span - 1n;
  return { min, max, minNumber: Number(min), maxNumber: Number(max) };
}

export const numericTypes: Readonly<Record<NumericName, NumericType>> = {
  int8: {
    name: 'int8',
    bytes: 1,
    form: 'integer',
    ...range(8, true),
    makeArray: (length) => new Int8Array(length),
    get: (view, offset) => view.getInt8(offset),
    set: (view, offset, value) => view.setInt8(offset, Number(value)),
  },
  uint8: {
    name: 'uint8',
    bytes: 1,
    form: 'integer',
    ...range(8, false),
    makeArray: (length) => new Uint8Array(length),
    get: (view, offset) => view.getUint8(offset),
    set: (view, offset, value) => view.setUint8(offset, Number(value)),
  },
  int16: {
    name: 'int16',
    bytes: 2,
    form: 'integer',
    ...range(16, true),
    makeArray: (length) => new Int16Array(length),
    get: (view, offset, littleEndian) => view.getInt16(offset, littleEndian),
    set: (view, offset, value, littleEndian) => view.setInt16(offset, Number(value), littleEndian),
  },
  uint16: {
    name: 'uint16',
    bytes: 2,
    form: 'integer',
    ...range(16, false),
    makeArray: (length) => new Uint16Array(length),
    get: (view, offset, littleEndian) => view.getUint16(offset, littleEndian),
    set: (view, offset, value, littleEndian) => view.setUint16(offset, Number(value), littleEndian),
  },
  int32: {
    name: 'int32',
    bytes: 4,
    form: 'integer',
    ...range(32, true),
    makeArray: (length) => new Int32Array(length),
    get: (view, offset, littleEndian) => view.getInt32(offset, littleEndian),
    set: (view, offset, value, littleEndian) => view.setInt32(offset, Number(value), littleEndian),
  },
  uint32: {
    name: 'uint32',
    bytes: 4,
    form: 'integer',
    ...range(32, false),
    makeArray: (length) => new Uint32Array(length),
    get: (view, offset, littleEndian) => view.getUint32(offset, littleEndian),
    set: (view, offset, value, littleEndian) => view.setUint32(offset, Number(value), littleEndian),
  },
  int64: {
    name: 'int64',
    bytes: 8,
    form: 'bigint',
    ...range(64, true),
    makeArray: (length) => new BigInt64Array(length),
    get: (view, offset, littleEndian) => view.getBigInt64(offset, littleEndian),
    set: (view, offset, value, littleEndian) => view.setBigInt64(offset, BigInt(value), littleEndian),
  },
  uint64: {
    name: 'uint64',
    bytes: 8,
    form: 'bigint',
    ...range(64, false),
    makeArray: (length) => new BigUint64Array(length),
    get: (view, offset, littleEndian) => view.getBigUint64(offset, littleEndian),
    set: (view, offset, value, littleEndian) => view.setBigUint64(offset, BigInt(value), littleEndian),
  },
  float32: {
    name: 'float32',
    bytes: 4,
    form: 'float',
    ...noRange,
    makeArray: (length) => new Float32Array(length),
    get: (view, offset, littleEndian) => view.getFloat32(offset, littleEndian),
    set: (view, offset, value, littleEndian) => view.setFloat32(offset, Number(value), littleEndian),
  },
  float64: {
    name: 'float64',
    bytes: 8,
    form: 'float',
    ...noRange,
    makeArray: (length) => new Float64Array(length),
    get: (view, offset, littleEndian) => view.getFloat64(offset, littleEndian),
    set: (view, offset, value, littleEndian) => view.setFloat64(offset, Number(value), littleEndian),
  },
};

const byName: ReadonlyMap<string, NumericType> = new Map(Object.entries(numericTypes));

/** The numeric type of a definition's type word. `char` is uint8 in both ROS versions; `byte` is signed in ROS 1 only. */
export function numericTypeOf(word: string, rosVersion: 1 | 2): NumericType | undefined {
  if (word === 'char') return numericTypes.uint8;
  if (word === 'byte') return rosVersion === 1 ? numericTypes.int8 : numericTypes.uint8;
  return byName.get(word);
}

/** Typed arrays have the host's byte order; where it is the wire's, they are copied as bytes. */
export const hostIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
