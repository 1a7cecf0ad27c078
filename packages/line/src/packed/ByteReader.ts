import { LineError } from '../errors.ts';

/** Reads what `ByteWriter` wrote. Every read beyond the end, and every number too large, throws `FRAME_MALFORMED`. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bytes not read yet. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw malformedPacked('it ends too early');
    this.#at += 1;
    return value;
  }

  u32(): number {
    return (this.u8() | (this.u8() << 8) | (this.u8() << 16) | (this.u8() << 24)) >>> 0;
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 49; factor *= 0x80) {
      const byte = this.u8();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
    }
    throw malformedPacked('a number has more than 53 bits');
  }

  /** A `varint` of at most `max`. */
  varintUpTo(max: number, what: string): number {
    const value = this.varint();
    if (value > max) throw malformedPacked(`${what} is ${value}; at most ${max} is possible`);
    return value;
  }

  zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** A view of the next bytes. */
  take(bytes: number): Uint8Array {
    if (bytes > this.left) throw malformedPacked(`${bytes} bytes are announced and ${this.left} are left`);
    const start = this.#at;
    this.#at += bytes;
    return this.#bytes.subarray(start, this.#at);
  }
}

/** The error of a packed record that this side cannot have been sent by a sound peer. */
export const malformedPacked = (what: string, cause?: unknown): LineError =>
  new LineError('FRAME_MALFORMED', `a packed record is malformed: ${what}`, { cause });
