import { codecFor, RosError } from '@longline/ros';
import type { Encoding, Schema } from '@longline/ros';

/**
 * A serialized message as the JSON that rosbridge takes. Throws `MESSAGE_INVALID` for bytes that do not match the
 * definition, and `NOT_SUPPORTED` for NaN and infinities: rosbridge sends them as null, but refuses null, and says so only
 * in its own log.
 */
export function bridgeJson(schema: Schema, encoding: Encoding, data: Uint8Array): string {
  const codec = codecFor(schema, encoding);
  const value = codec.decode(data);
  const json = codec.toJson(value, { nonFinite: 'null' });
  // The word may also stand in a string, so the other spelling decides.
  if (json.includes('null') && json !== codec.toJson(value, { nonFinite: 'string' })) {
    throw new RosError(
      'NOT_SUPPORTED',
      `rosbridge cannot carry NaN or infinity to the robot, and this ${schema.name} has one. Send finite numbers only.`,
      { details: { type: schema.name } },
    );
  }
  return json;
}
