import { codecFor, RosError } from '@longline/ros';
import type { Encoding, RosObject, Schema } from '@longline/ros';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** How the messages of a type are kept and read: as ROS 1 has them where the definition is known, else as the JSON that came. */
export const encodingOf = (schema: Schema): Encoding => (schema.encoding === '' ? 'json' : 'ros1');

/** What a plain device wrote as JSON, as bytes that readers understand. Throws `MESSAGE_INVALID`. */
export const bytesOf = (schema: Schema, message: unknown): Uint8Array =>
  codecFor(schema, encodingOf(schema)).encode(message);

/**
 * What somebody sends to a plain device, checked against the definition. Throws `MESSAGE_INVALID`, and `NOT_SUPPORTED` for bytes of another
 * encoding.
 */
export function valueOf(schema: Schema, encoding: Encoding, payload: Uint8Array): RosObject {
  const codec = codecFor(schema, encodingOf(schema));
  if (encoding === 'json') return codec.fromJson(utf8Text(schema, payload));
  if (encoding === encodingOf(schema)) return codec.decode(payload);
  const others = encodingOf(schema) === 'json' ? '' : ` or "${encodingOf(schema)}"`;
  throw new RosError(
    'NOT_SUPPORTED',
    `${schema.name} goes to a plain device as JSON; bytes came as "${encoding}". Send "json"${others}.`,
    { details: { type: schema.name, actual: encoding } },
  );
}

/** As a rosbridge client reads it. */
export const textOf = (schema: Schema, value: RosObject): string =>
  codecFor(schema, encodingOf(schema)).toJson(value, { nonFinite: 'null' });

/** A value in the encoding that somebody asked for. Throws `NOT_SUPPORTED`. */
export function payloadOf(schema: Schema, encoding: Encoding, value: RosObject): Uint8Array {
  const codec = codecFor(schema, encodingOf(schema));
  return encoding === 'json' ? Buffer.from(codec.toJson(value)) : codecFor(schema, encoding).encode(value);
}

function utf8Text(schema: Schema, payload: Uint8Array): string {
  if (payload.length === 0) return '{}';
  try {
    return decoder.decode(payload);
  } catch (cause) {
    throw new RosError('MESSAGE_INVALID', `The JSON of a ${schema.name} is not UTF-8.`, { cause });
  }
}
