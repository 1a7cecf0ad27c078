import type { MessageParts } from '@longline/ros';
import { MESSAGE_HEADER_BYTES } from './recordKinds.ts';

/** The body of a message record (clause 4.1) in two pieces, the data uncopied. */
export function messageBody(channelId: number, message: MessageParts): readonly [Uint8Array, Uint8Array] {
  const header = new Uint8Array(MESSAGE_HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint32(0, channelId, true);
  view.setUint32(4, message.sequence, true);
  view.setBigUint64(8, message.logTime, true);
  view.setBigUint64(16, message.publishTime, true);
  return [header, message.data];
}
