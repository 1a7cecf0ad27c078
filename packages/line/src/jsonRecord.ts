import type { z } from 'zod';
import { LineError } from './errors.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });
const empty = new Uint8Array(0);

/** The body of a record that is JSON alone. */
export const encodeJson = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value));

/** Parses and checks a JSON body. Throws `FRAME_MALFORMED` that names the record and the field. */
export function decodeJson<T>(record: string, body: Uint8Array, schema: z.ZodType<T>, maxBytes: number): T {
  if (body.length > maxBytes) {
    throw new LineError(
      'FRAME_TOO_LARGE',
      `the JSON of a ${record} record has ${body.length} bytes; ${maxBytes} are allowed`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(body));
  } catch (cause) {
    throw new LineError('FRAME_MALFORMED', `the body of a ${record} record is not JSON in UTF-8`, { cause });
  }
  const result = safely(record, () => schema.safeParse(value));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new LineError('FRAME_MALFORMED', `${record}.${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`);
}

/** zod looks at the length of what should be a text or a list, whatever it is; one that is an object without a value throws. */
function safely<T>(record: string, check: () => T): T {
  try {
    return check();
  } catch (cause) {
    throw new LineError('FRAME_MALFORMED', `a ${record} record has a length that is no number`, { cause });
  }
}

/** The body of a record that is a JSON header and a payload of bytes: u32 header length, header, payload. */
export function encodeHeaded(header: unknown): Uint8Array {
  const json = encoder.encode(JSON.stringify(header));
  const body = new Uint8Array(4 + json.length);
  new DataView(body.buffer).setUint32(0, json.length, true);
  body.set(json, 4);
  return body;
}

/** A decoded header and its payload, a view into the frame. */
export interface Headed<T> {
  readonly header: T;
  readonly payload: Uint8Array;
}

/** Parses a record written as {@link encodeHeaded} plus payload. Throws `FRAME_MALFORMED`. */
export function decodeHeaded<T>(record: string, body: Uint8Array, schema: z.ZodType<T>, maxBytes: number): Headed<T> {
  if (body.length < 4)
    throw new LineError('FRAME_MALFORMED', `a ${record} record of ${body.length} bytes has no header length`);
  const headerBytes = new DataView(body.buffer, body.byteOffset, 4).getUint32(0, true);
  if (4 + headerBytes > body.length) {
    throw new LineError(
      'FRAME_MALFORMED',
      `a ${record} record of ${body.length} bytes claims a header of ${headerBytes}`,
    );
  }
  return {
    header: decodeJson(record, body.subarray(4, 4 + headerBytes), schema, maxBytes),
    payload: body.length === 4 + headerBytes ? empty : body.subarray(4 + headerBytes),
  };
}
