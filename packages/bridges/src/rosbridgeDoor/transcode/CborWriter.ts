const encoder = new TextEncoder();
const FIRST_BYTES = 256;

/** Writes CBOR (RFC 8949) into one growing buffer. */
export class CborWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #at = 0;

  /** `expectedBytes`: about how long it will be. */
  constructor(expectedBytes = 0) {
    this.#bytes = new Uint8Array(expectedBytes + FIRST_BYTES);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** `major` is the major type, 0 to 7; `value` what belongs to it: a length, a tag, an integer. */
  head(major: number, value: number): void {
    this.#room(9);
    const top = major << 5;
    if (value < 24) {
      this.#bytes[this.#at++] = top | value;
    } else if (value < 0x100) {
      this.#bytes[this.#at++] = top | 24;
      this.#bytes[this.#at++] = value;
    } else if (value < 0x10000) {
      this.#bytes[this.#at++] = top | 25;
      this.#view.setUint16(this.#at, value);
      this.#at += 2;
    } else if (value < 0x100000000) {
      this.#bytes[this.#at++] = top | 26;
      this.#view.setUint32(this.#at, value);
      this.#at += 4;
    } else {
      this.#wide(major, BigInt(value));
    }
  }

  integer(value: number | bigint): void {
    if (typeof value === 'bigint') {
      const small = Number(value);
      if (!Number.isSafeInteger(small)) {
        if (value >= 0n) this.#wide(0, value);
        else this.#wide(1, -1n - value);
        return;
      }
      value = small;
    }
    if (value >= 0) this.head(0, value);
    else this.head(1, -1 - value);
  }

  float(value: number): void {
    this.#room(9);
    this.#bytes[this.#at++] = 0xfb;
    this.#view.setFloat64(this.#at, value);
    this.#at += 8;
  }

  bool(value: boolean): void {
    this.#room(1);
    this.#bytes[this.#at++] = value ? 0xf5 : 0xf4;
  }

  null(): void {
    this.#room(1);
    this.#bytes[this.#at++] = 0xf6;
  }

  text(value: string): void {
    // A short name of ASCII is quicker written than encoded.
    if (value.length < 24) {
      this.#room(value.length + 1);
      let end = this.#at + 1;
      for (let i = 0; i < value.length; i++) {
        const code = value.charCodeAt(i);
        if (code >= 0x80) {
          this.#longText(value);
          return;
        }
        this.#bytes[end++] = code;
      }
      this.#bytes[this.#at] = 0x60 | value.length;
      this.#at = end;
    } else {
      this.#longText(value);
    }
  }

  byteString(value: Uint8Array): void {
    this.head(2, value.length);
    this.#room(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  /** What was written; its memory belongs to the caller. */
  finish(): Uint8Array {
    // What is nearly full is not copied once more: images are large.
    return this.#at * 2 > this.#bytes.length ? this.#bytes.subarray(0, this.#at) : this.#bytes.slice(0, this.#at);
  }

  #longText(value: string): void {
    const bytes = encoder.encode(value);
    this.head(3, bytes.length);
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #wide(major: number, value: bigint): void {
    this.#room(9);
    this.#bytes[this.#at++] = (major << 5) | 27;
    this.#view.setBigUint64(this.#at, BigInt.asUintN(64, value));
    this.#at += 8;
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const wider = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + bytes));
    wider.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = wider;
    this.#view = new DataView(wider.buffer);
  }
}
