import { parseParameterValue, RosError, stringifyExact } from '@longline/ros';
import type { ParameterValue } from '@longline/ros';
import type { ClientParameter } from './clientOp.ts';
import type { WireParameter } from './ServerOp.ts';

const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** A parameter as this protocol has it: bytes as base64, floats marked as such, everything else as JSON. */
export function wireParameter(name: string, value: ParameterValue | undefined): WireParameter {
  if (value === undefined) return { name };
  if (value instanceof Uint8Array) {
    return {
      name,
      value: Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64'),
      type: 'byte_array',
    };
  }
  if (value instanceof Float64Array || value instanceof Float32Array) {
    return { name, value: [...value], type: 'float64_array' };
  }
  // A whole number may be an integer on the robot, so only what is certain is said.
  if (typeof value === 'number' && !Number.isInteger(value)) return { name, value, type: 'float64' };
  return { name, value };
}

/** The value that a client sets; `undefined` deletes the parameter. Throws `PARAMETER_INVALID`. */
export function parameterValueOf({ name, value, type }: ClientParameter): ParameterValue | undefined {
  if (value === undefined || value === null) return undefined;
  switch (type) {
    case 'byte_array':
      if (typeof value !== 'string' || !base64.test(value)) throw invalid(name, 'bytes as base64 text');
      return new Uint8Array(Buffer.from(value, 'base64'));
    case 'float64':
      return floatOf(name, value);
    case 'float64_array':
      if (!Array.isArray(value)) throw invalid(name, 'a list of numbers');
      return Float64Array.from(value, (item: unknown) => floatOf(name, item));
    case undefined:
    case null:
      return parseParameterValue(stringifyExact(value));
  }
}

function floatOf(name: string, value: unknown): number {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  throw invalid(name, 'a number');
}

const invalid = (name: string, expected: string): RosError =>
  new RosError('PARAMETER_INVALID', `The value of ${name} must be ${expected}, as its type says.`, {
    details: { name },
  });
