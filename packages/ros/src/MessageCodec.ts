import type { JsonOptions } from './exactJson.ts';
import type { RosObject } from './RosValue.ts';

/**
 * Bytes, JavaScript value and JSON text of one message type. Definitions are read at the first use, so every method may
 * throw `DEFINITION_INVALID`, `NAME_INVALID` (or `NOT_SUPPORTED`) besides `MESSAGE_INVALID`.
 */
export interface MessageCodec {
  /** Decodes a whole message: too few, left-over or inconsistent bytes are `MESSAGE_INVALID`. The value shares no memory with `data`. */
  decode(data: Uint8Array): RosObject;
  /**
   * Encodes any plain or decoded value. Missing fields take their defaults (`{}` is the message of zeros); unknown
   * fields, wrong types, numbers out of range and wrong lengths are `MESSAGE_INVALID` with the field's path.
   */
  encode(value: unknown): Uint8Array;
  /** Throws `MESSAGE_INVALID` exactly when {@link decode} does, and makes no values. */
  validate(data: Uint8Array): void;
  /** Exact rosbridge-style JSON: int64 as digits, `uint8[]` as base64, times as `{secs,nsecs}` (ROS 1) or `{sec,nanosec}`. */
  toJson(value: RosObject, options?: JsonOptions): string;
  /** Reads what {@link toJson} writes and what rosbridge clients send, with the checks of {@link encode}. */
  fromJson(text: string): RosObject;
  /** The decoded form of a plain value, with the checks of {@link encode}. Typed arrays of the right kind are shared, not copied. */
  fromPlain(value: unknown): RosObject;
}
