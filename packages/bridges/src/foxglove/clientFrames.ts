/** The binary frames that a client sends: one byte of opcode, then little-endian fields, then the payload. */

const textEncoder = new TextEncoder();

/** ClientMessageData: one message on a channel that this client advertised. */
export function messageFrame(channelId: number, data: Uint8Array): Uint8Array {
  const frame = new Uint8Array(5 + data.byteLength);
  frame[0] = 1;
  new DataView(frame.buffer).setUint32(1, channelId, true);
  frame.set(data, 5);
  return frame;
}

/** ServiceCallRequest. */
export function serviceCallFrame(serviceId: number, callId: number, encoding: string, data: Uint8Array): Uint8Array {
  const name = textEncoder.encode(encoding);
  const frame = new Uint8Array(13 + name.byteLength + data.byteLength);
  const view = new DataView(frame.buffer);
  frame[0] = 2;
  view.setUint32(1, serviceId, true);
  view.setUint32(5, callId, true);
  view.setUint32(9, name.byteLength, true);
  frame.set(name, 13);
  frame.set(data, 13 + name.byteLength);
  return frame;
}
