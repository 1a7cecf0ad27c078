import { RosError } from './errors.ts';
import type { Channel, Schema } from './Schema.ts';
import { parseDefinition } from './parseDefinition.ts';

/** Whether a message of this schema begins with a `std_msgs/Header`; weakly kept, so bounded by the schemas alive. */
const beginsWithHeader = new WeakMap<Schema, boolean>();

/**
 * Reads `header.stamp` in nanoseconds at its fixed place, without decoding. `undefined` when the message's first field is
 * no `std_msgs/Header`, when the stamp is zero or negative, and for JSON. Never throws.
 */
export function sourceStamp(channel: Channel, data: Uint8Array): bigint | undefined {
  const { schema, encoding } = channel;
  if (encoding === 'json' || !hasHeader(schema)) return undefined;
  // ROS 1: seq, then the stamp. CDR: the encapsulation header, then the stamp.
  if (data.byteLength < 12) return undefined;
  const littleEndian = encoding === 'ros1' || data[1] === 1;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const sec = encoding === 'ros1' ? view.getUint32(4, true) : view.getInt32(4, littleEndian);
  const nsec = view.getUint32(8, littleEndian);
  if (sec < 0 || nsec >= 1_000_000_000 || (sec === 0 && nsec === 0)) return undefined;
  return BigInt(sec) * 1_000_000_000n + BigInt(nsec);
}

function hasHeader(schema: Schema): boolean {
  let known = beginsWithHeader.get(schema);
  if (known === undefined) beginsWithHeader.set(schema, (known = findHeader(schema)));
  return known;
}

function findHeader(schema: Schema): boolean {
  if (schema.encoding === '') return false;
  try {
    const [first] = parseDefinition(schema).root.fields;
    return first !== undefined && first.type === 'std_msgs/Header' && first.array === undefined;
  } catch (error) {
    if (error instanceof RosError) return false;
    throw error;
  }
}
