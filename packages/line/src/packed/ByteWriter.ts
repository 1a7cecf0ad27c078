const FIRST_BYTES = 256;
/** A buffer that grew beyond this is given back when the next body begins. */
const KEPT_BYTES = 256 * 1024;

/** Bytes written one after another into a buffer that is used again for the next body. */
export class ByteWriter {
  #buffer = new Uint8Array(0);
  #length = 0;

  /** Bytes written since the last `clear`. */
  get length(): number {
    return this.#length;
  }

  /** A view of what was written; valid until the next write. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
    if (this.#buffer.length > KEPT_BYTES) this.#buffer = new Uint8Array(0);
  }

  /** Makes room for so many bytes and gives the buffer; what is written there at `length` counts after {@link advance}. */
  reserve(bytes: number): Uint8Array {
    const needed = this.#length + bytes;
    if (needed > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2, FIRST_BYTES));
      grown.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = grown;
    }
    return this.#buffer;
  }

  advance(bytes: number): void {
    this.#length += bytes;
  }

  u8(value: number): void {
    this.reserve(1)[this.#length] = value;
    this.#length += 1;
  }

  u32(value: number): void {
    const buffer = this.reserve(4);
    for (let shift = 0; shift < 32; shift += 8) buffer[this.#length++] = value >>> shift;
  }

  /** A whole number from 0 to 2^53 - 1 in groups of 7 bits, the lowest first. */
  varint(value: number): void {
    const buffer = this.reserve(8);
    let rest = value;
    for (; rest >= 0x80; rest = rest > 0x7fffffff ? Math.floor(rest / 0x80) : rest >>> 7) {
      buffer[this.#length++] = (rest % 0x80) | 0x80;
    }
    buffer[this.#length++] = rest;
  }

  /** A whole number of at most 52 bits and its sign: 0, -1, 1, -2, ... as 0, 1, 2, 3, ... */
  zigzag(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length).set(bytes, this.#length);
    this.#length += bytes.length;
  }
}
