import { RosError } from '@longline/ros';
import type { ParameterValue } from '@longline/ros';
import { z } from 'zod';
import { parameterJson } from '../link/parameterJson.ts';
import type { FoxgloveParameter } from './FoxgloveOp.ts';

/** Infinite values and NaN have no JSON number. */
const double = z.union([z.number(), z.bigint().transform(Number), z.null().transform(() => Number.NaN)]);
const doubles = z.array(double);

/** A parameter's value; undefined for one that is not set, or that is none. Whole numbers beyond 2^53 stay `bigint`. */
export function parameterValueOf({ value, type }: FoxgloveParameter): ParameterValue | undefined {
  if (value === undefined) return undefined;
  switch (type) {
    case 'byte_array':
      return typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : undefined;
    case 'float64':
      return double.safeParse(value).data;
    case 'float64_array':
      return doubles.safeParse(value).data;
    default:
      return parameterJson.safeParse(value).data;
  }
}

/**
 * The parameter to send for a new value. `present` tells whether `1` is meant for a double: a bridge refuses a whole number
 * there without a word, unless its type is named. Throws `PARAMETER_INVALID` for NaN and infinities, which JSON has not.
 */
export function parameterToSend(
  name: string,
  value: ParameterValue,
  present: FoxgloveParameter | undefined,
): FoxgloveParameter {
  if (value instanceof Uint8Array) return { name, value: Buffer.from(value).toString('base64'), type: 'byte_array' };
  if (isNumber(value)) {
    const isDouble = present?.type === 'float64' || !isWhole(value);
    return { name, value: finite(name, value), ...(isDouble ? { type: 'float64' } : {}) };
  }
  const isFloats = value instanceof Float32Array || value instanceof Float64Array;
  const items: readonly unknown[] | undefined = ArrayBuffer.isView(value)
    ? [...value]
    : Array.isArray(value)
      ? (value as readonly unknown[])
      : undefined;
  if (items === undefined) return { name, value };
  if (!items.every(isNumber)) return { name, value: items };
  const isDoubles = isFloats || present?.type === 'float64_array' || !items.every(isWhole);
  const numbers = items.map((item) => finite(name, item));
  return { name, value: numbers, ...(isDoubles ? { type: 'float64_array' } : {}) };
}

const isNumber = (value: unknown): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';
const isWhole = (value: number | bigint): boolean => typeof value === 'bigint' || Number.isInteger(value);

function finite(name: string, value: number | bigint): number | bigint {
  if (typeof value === 'bigint' || Number.isFinite(value)) return value;
  throw new RosError(
    'PARAMETER_INVALID',
    `A Foxglove server cannot be given NaN or infinity for ${name}. Set a finite number.`,
    {
      details: { name },
    },
  );
}
