/** Largest message accepted by default, in bytes. */
export const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

const FIRST_ALLOCATION_BYTES = 1024 * 1024;
const NOTHING = new Uint8Array(0);

/**
 * Cuts a TCPROS byte stream into frames: a little-endian uint32 length, then so many bytes. A frame that lies within one
 * chunk is a view of it; memory for others grows only with the bytes that came, whatever length was announced.
 */
export class FrameReader {
  /** Changes when frames of another kind follow, as messages follow the header. */
  maxFrameBytes: number;
  #partial: Uint8Array = NOTHING;
  #partialBytes = 0;
  #needed = 4;
  #readsLength = true;

  constructor(maxFrameBytes: number) {
    this.maxFrameBytes = maxFrameBytes;
  }

  /**
   * Takes the next bytes and calls back for every frame that is complete; a callback may return false to stop: the rest
   * of the bytes is returned then. Throws `RangeError` when a length is above the bound; the stream cannot go on then.
   */
  push(chunk: Uint8Array, handleFrame: (frame: Uint8Array) => boolean): Uint8Array {
    let rest = chunk;
    while (this.#partialBytes + rest.byteLength >= this.#needed) {
      const taken = rest.subarray(0, this.#needed - this.#partialBytes);
      rest = rest.subarray(taken.byteLength);
      const piece = this.#join(taken);
      if (this.#readsLength) {
        const length = new DataView(piece.buffer, piece.byteOffset, 4).getUint32(0, true);
        if (length > this.maxFrameBytes) {
          throw new RangeError(`A frame of ${length} bytes; at most ${this.maxFrameBytes} are accepted here.`);
        }
        this.#needed = length;
        this.#readsLength = false;
      } else {
        this.#needed = 4;
        this.#readsLength = true;
        if (!handleFrame(piece)) return rest;
      }
    }
    if (rest.byteLength > 0) this.#keep(rest);
    return NOTHING;
  }

  #join(last: Uint8Array): Uint8Array {
    if (this.#partialBytes === 0) return new Uint8Array(last.buffer, last.byteOffset, last.byteLength);
    this.#keep(last);
    const joined = this.#partial.subarray(0, this.#partialBytes);
    this.#partial = NOTHING;
    this.#partialBytes = 0;
    return joined;
  }

  /** Small frames get their memory at once, large ones by doubling as the bytes come. */
  #keep(bytes: Uint8Array): void {
    const total = this.#partialBytes + bytes.byteLength;
    if (total > this.#partial.byteLength) {
      const grown = new Uint8Array(Math.min(this.#needed, Math.max(FIRST_ALLOCATION_BYTES, 2 * total)));
      grown.set(this.#partial.subarray(0, this.#partialBytes));
      this.#partial = grown;
    }
    this.#partial.set(bytes, this.#partialBytes);
    this.#partialBytes = total;
  }
}
