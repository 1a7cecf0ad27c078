/** Kind and length come before the body of a record (docs/protocol.md, clause 1.3). */
const HEADER_BYTES = 5;

/** How many records a frame has, whatever is in them; one that leads beyond the frame is counted. */
export function countRecords(frame: Uint8Array): number {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  let count = 0;
  for (let at = 0; at < frame.byteLength; count++) {
    if (at + HEADER_BYTES > frame.byteLength) return count + 1;
    at += HEADER_BYTES + view.getUint32(at + 1, true);
  }
  return count;
}
