import type { NumericType } from './numericTypes.ts';
import { hostIsLittleEndian } from './numericTypes.ts';
import type { NumericArray } from './RosValue.ts';

const utf8 = new TextEncoder();

/** Writes ROS 1 or little-endian CDR (XCDR1) bytes into a buffer that grows. */
export class WireWriter {
  readonly isCdr: boolean;
  readonly #origin: number;
  #data = new Uint8Array(256);
  #view = new DataView(this.#data.buffer);
  #offset = 0;

  constructor(isCdr: boolean) {
    this.isCdr = isCdr;
    this.#origin = isCdr ? 4 : 0;
    if (isCdr) {
      this.#data.set([0, 1, 0, 0]);
      this.#offset = 4;
    }
  }

  number(type: NumericType, value: number | bigint): void {
    const offset = this.#take(type.bytes, type.bytes);
    type.set(this.#view, offset, value, true);
  }

  uint8(value: number): void {
    const offset = this.#take(1, 1);
    this.#view.setUint8(offset, value);
  }

  uint32(value: number): void {
    const offset = this.#take(4, 4);
    this.#view.setUint32(offset, value, true);
  }

  /** An empty array has no padding before it. */
  numericArray(type: NumericType, values: NumericArray): void {
    if (values.length === 0) return;
    const start = this.#take(values.length * type.bytes, type.bytes);
    if (hostIsLittleEndian) {
      this.#data.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), start);
      return;
    }
    for (let i = 0; i < values.length; i++) type.set(this.#view, start + i * type.bytes, values[i] ?? 0, true);
  }

  string(text: string): void {
    const bytes = utf8.encode(text);
    this.uint32(bytes.byteLength + (this.isCdr ? 1 : 0));
    const offset = this.#take(bytes.byteLength, 1);
    this.#data.set(bytes, offset);
    if (this.isCdr) this.uint8(0);
  }

  finish(): Uint8Array {
    return this.#data.slice(0, this.#offset);
  }

  #take(bytes: number, alignment: number): number {
    const misaligned = this.isCdr && alignment > 1 ? (this.#offset - this.#origin) % alignment : 0;
    const offset = this.#offset + (misaligned === 0 ? 0 : alignment - misaligned);
    this.#offset = offset + bytes;
    if (this.#offset > this.#data.byteLength) {
      const grown = new Uint8Array(Math.max(this.#offset, this.#data.byteLength * 2));
      grown.set(this.#data);
      this.#data = grown;
      this.#view = new DataView(grown.buffer);
    }
    return offset;
  }
}
