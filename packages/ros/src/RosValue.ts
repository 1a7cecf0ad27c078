/** A ROS time or duration as decoded: whole seconds and nanoseconds, in both ROS versions. */
export interface RosTime {
  readonly sec: number;
  readonly nsec: number;
}

/** Numeric arrays decode to typed arrays. */
export type NumericArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** A decoded ROS value: int64 and uint64 are `bigint`, numeric arrays are typed arrays, times are {@link RosTime}. */
export type RosValue = boolean | number | bigint | string | NumericArray | readonly RosValue[] | RosObject;

/** A decoded message, or a nested one. */
export interface RosObject {
  readonly [field: string]: RosValue;
}
