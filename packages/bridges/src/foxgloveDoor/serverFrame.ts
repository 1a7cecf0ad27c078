import type { Message } from '@longline/ros';

const MESSAGE_DATA = 0x01;
const TIME = 0x02;
const SERVICE_CALL_RESPONSE = 0x03;
const FETCH_ASSET_RESPONSE = 0x04;

/** Bytes before the payload of a message. */
export const MESSAGE_HEADER_BYTES = 13;

/**
 * The frame made last. Clients number their subscriptions alike, and a message goes to all its readers in one go: most of
 * them can have the same bytes.
 */
let last: { readonly message: Message; readonly subscriptionId: number; readonly frame: Uint8Array } | undefined;

/** One message for one subscription. The payload is copied once per subscription ID, not once per reader. */
export function messageFrame(subscriptionId: number, message: Message): Uint8Array {
  if (last?.message === message && last.subscriptionId === subscriptionId) return last.frame;
  const { data, logTime } = message;
  // Large ones are not filled with zeros first.
  const frame = Buffer.allocUnsafe(MESSAGE_HEADER_BYTES + data.length);
  frame[0] = MESSAGE_DATA;
  frame.writeUInt32LE(subscriptionId, 1);
  frame.writeBigUInt64LE(BigInt.asUintN(64, logTime), 5);
  frame.set(data, MESSAGE_HEADER_BYTES);
  last = { message, subscriptionId, frame };
  return frame;
}

/** The robot's simulated time. */
export function timeFrame(timeNs: bigint): Uint8Array {
  const frame = Buffer.alloc(9);
  frame[0] = TIME;
  frame.writeBigUInt64LE(BigInt.asUintN(64, timeNs), 1);
  return frame;
}

/** The answer to a service call, in the call's encoding. */
export function serviceResponseFrame(
  serviceId: number,
  callId: number,
  encoding: string,
  data: Uint8Array,
): Uint8Array {
  const name = Buffer.from(encoding);
  const head = Buffer.alloc(13);
  head[0] = SERVICE_CALL_RESPONSE;
  head.writeUInt32LE(serviceId, 1);
  head.writeUInt32LE(callId, 5);
  head.writeUInt32LE(name.length, 9);
  return Buffer.concat([head, name, data]);
}

/** Why an asset is not fetched. */
export function assetErrorFrame(requestId: number, error: string): Uint8Array {
  const text = Buffer.from(error);
  const head = Buffer.alloc(10);
  head[0] = FETCH_ASSET_RESPONSE;
  head.writeUInt32LE(requestId, 1);
  head[5] = 1;
  head.writeUInt32LE(text.length, 6);
  return Buffer.concat([head, text]);
}
