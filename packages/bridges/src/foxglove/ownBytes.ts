/**
 * The bytes of a frame from `offset` on, to be kept. They share the frame's memory where it holds little else; a small
 * message would keep alive all that came from the network in the same piece.
 */
export function ownBytes(frame: Uint8Array, offset: number): Uint8Array {
  const { buffer, byteOffset, byteLength } = frame;
  const bytes = new Uint8Array(buffer, byteOffset + offset, byteLength - offset);
  return bytes.byteLength * 2 >= buffer.byteLength ? bytes : bytes.slice();
}
