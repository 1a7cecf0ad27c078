/** The fields of a TCPROS connection header, in order of arrival. */
export type ConnectionHeader = ReadonlyMap<string, string>;

/** Largest header accepted, in bytes; it holds one definition text. */
export const MAX_HEADER_BYTES = 4 * 1024 * 1024;
/** Most fields accepted in a header. */
export const MAX_HEADER_FIELDS = 256;

/** Writes a connection header with its length in front: uint32 length, then per field uint32 length and `name=value`. */
export function encodeConnectionHeader(fields: Iterable<readonly [string, string]>): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (const [name, value] of fields) {
    const text = Buffer.from(`${name}=${value}`);
    parts.push(uint32(text.byteLength), text);
    length += 4 + text.byteLength;
  }
  return Buffer.concat([uint32(length), ...parts]);
}

/** Reads the bytes after a connection header's length. Throws `RangeError` where lengths do not fit or a field has no `=`. */
export function decodeConnectionHeader(bytes: Uint8Array): ConnectionHeader {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields = new Map<string, string>();
  let at = 0;
  while (at < buffer.byteLength) {
    if (buffer.byteLength - at < 4) throw new RangeError('The connection header ends inside a length.');
    const length = buffer.readUInt32LE(at);
    at += 4;
    if (length > buffer.byteLength - at) {
      throw new RangeError(
        `A field of ${length} bytes where the connection header has ${buffer.byteLength - at} left.`,
      );
    }
    const text = buffer.toString('utf8', at, at + length);
    at += length;
    const equals = text.indexOf('=');
    if (equals < 1) throw new RangeError(`A field of the connection header is not name=value: "${text.slice(0, 40)}".`);
    if (fields.size >= MAX_HEADER_FIELDS) throw new RangeError(`More than ${MAX_HEADER_FIELDS} fields.`);
    fields.set(text.slice(0, equals), text.slice(equals + 1));
  }
  return fields;
}

function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
