/** A message behind its topic's number in one byte, for peers whose frames name no topic. */
export function framed(topic: number, data: Uint8Array): Uint8Array {
  const frame = new Uint8Array(1 + data.byteLength);
  frame[0] = topic;
  frame.set(data, 1);
  return frame;
}
