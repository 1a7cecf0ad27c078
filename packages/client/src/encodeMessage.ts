import { stringifyExact } from '@longline/ros';
import type { Encoding } from '@longline/ros';

/** A message to send: any plain or decoded value, encoded on the robot by its own definition; or serialized bytes. */
export type MessageToSend =
  { readonly message: unknown } | { readonly data: Uint8Array; readonly encoding: Exclude<Encoding, 'json'> };

const encoder = new TextEncoder();

/** The payload that carries a message. */
export function encodeMessage(message: MessageToSend): { readonly data: Uint8Array; readonly encoding: Encoding } {
  if ('data' in message) return { data: message.data, encoding: message.encoding };
  return { data: encoder.encode(stringifyExact(message.message)), encoding: 'json' };
}
