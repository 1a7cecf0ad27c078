import { codecFor, RosError } from '@longline/ros';
import type { Encoding, Schema } from '@longline/ros';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The encoding of messages whose definitions are in the language of this schema. */
export const encodingOf = (schema: Schema): Encoding =>
  schema.encoding === 'ros1msg' ? 'ros1' : schema.encoding === 'ros2msg' ? 'cdr' : 'json';

/**
 * Turns a payload into bytes for the robot's ROS, checked against the robot's own definition: JSON is encoded by it, raw
 * bytes must match it. Throws `MESSAGE_INVALID`, `NOT_SUPPORTED` for raw bytes of the other ROS.
 */
export function messageBytes(schema: Schema, target: Encoding, source: Encoding, payload: Uint8Array): Uint8Array {
  const codec = codecFor(schema, target);
  if (source === 'json') return codec.encode(codec.fromJson(utf8Text(payload, schema)));
  if (source !== target) {
    throw new RosError(
      'NOT_SUPPORTED',
      `${schema.name} goes as "${target}" on this robot; bytes came as "${source}". Send "${target}" or "json".`,
      { details: { type: schema.name, expected: target, actual: source } },
    );
  }
  codec.validate(payload);
  return payload;
}

function utf8Text(payload: Uint8Array, schema: Schema): string {
  if (payload.length === 0) return '{}';
  try {
    return decoder.decode(payload);
  } catch (cause) {
    throw new RosError('MESSAGE_INVALID', `The JSON of a ${schema.name} is not UTF-8.`, { cause });
  }
}
