import { RosError } from '@longline/ros';
import type { ParameterValue } from '@longline/ros';
import { z } from 'zod';

/** The codes of rcl_interfaces/msg/ParameterType. */
const types = {
  notSet: 0,
  bool: 1,
  integer: 2,
  double: 3,
  string: 4,
  byteArray: 5,
  boolArray: 6,
  integerArray: 7,
  doubleArray: 8,
  stringArray: 9,
} as const;

const integer = z.union([z.number(), z.bigint()]);
/** Infinite values and NaN arrive as null. */
const double = z.union([z.number(), z.bigint().transform(Number), z.null().transform(() => Number.NaN)]);

const message = z.object({
  type: z.number().int(),
  bool_value: z.boolean().default(false),
  integer_value: integer.default(0),
  double_value: double.default(0),
  string_value: z.string().default(''),
  byte_array_value: z
    .union([z.string().transform((text) => Buffer.from(text, 'base64')), z.array(z.number().int())])
    .default([]),
  bool_array_value: z.array(z.boolean()).default([]),
  integer_array_value: z.array(integer).default([]),
  double_array_value: z.array(double).default([]),
  string_array_value: z.array(z.string()).default([]),
});

/** A parameter's value and type code; `value` is undefined for a parameter that is not set. */
export interface Ros2ParameterValue {
  readonly type: number;
  readonly value: ParameterValue | undefined;
}

/** Reads rcl_interfaces/msg/ParameterValue. Integers beyond 2^53 stay `bigint`. */
export const ros2ParameterValue = message.transform((fields): Ros2ParameterValue => ({
  type: fields.type,
  value: valueOf(fields),
}));

function valueOf(fields: z.infer<typeof message>): ParameterValue | undefined {
  switch (fields.type) {
    case types.bool:
      return fields.bool_value;
    case types.integer:
      return fields.integer_value;
    case types.double:
      return fields.double_value;
    case types.string:
      return fields.string_value;
    case types.byteArray:
      return new Uint8Array(fields.byte_array_value);
    case types.boolArray:
      return fields.bool_array_value;
    case types.integerArray:
      return fields.integer_array_value;
    case types.doubleArray:
      return fields.double_array_value;
    case types.stringArray:
      return fields.string_array_value;
    default:
      return undefined;
  }
}

/**
 * The message for a new value. `presentType` is the parameter's type code now: it tells whether `1` is an integer or a
 * double, and what an empty array is an array of. Throws `PARAMETER_INVALID` for values that ROS 2 parameters cannot hold.
 */
export function toRos2ParameterValue(
  name: string,
  value: ParameterValue,
  presentType: number,
): Readonly<Record<string, unknown>> {
  if (typeof value === 'boolean') return { type: types.bool, bool_value: value };
  if (typeof value === 'string') return { type: types.string, string_value: value };
  if (isNumber(value)) {
    return isWhole(value) && presentType !== types.double
      ? { type: types.integer, integer_value: value }
      : { type: types.double, double_value: value };
  }
  if (value instanceof Uint8Array) return { type: types.byteArray, byte_array_value: [...value] };
  const items = ArrayBuffer.isView(value)
    ? [...value]
    : Array.isArray(value)
      ? (value as readonly ParameterValue[])
      : undefined;
  if (items === undefined) throw notHoldable(name);
  if (items.length === 0 && presentType >= types.byteArray) return { type: presentType };
  if (items.every((item) => typeof item === 'boolean')) return { type: types.boolArray, bool_array_value: items };
  if (items.every(isNumber)) {
    if (presentType === types.byteArray) return { type: types.byteArray, byte_array_value: items };
    return items.every(isWhole) && presentType !== types.doubleArray
      ? { type: types.integerArray, integer_array_value: items }
      : { type: types.doubleArray, double_array_value: items };
  }
  if (items.every((item) => typeof item === 'string')) return { type: types.stringArray, string_array_value: items };
  throw notHoldable(name);
}

const isNumber = (value: ParameterValue): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';
const isWhole = (value: number | bigint): boolean => typeof value === 'bigint' || Number.isInteger(value);

const notHoldable = (name: string): RosError =>
  new RosError(
    'PARAMETER_INVALID',
    `${name} cannot hold this value: a ROS 2 parameter is a bool, number, string, or a list of one of these.`,
    { details: { name } },
  );
