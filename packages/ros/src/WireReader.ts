import { RosError } from './errors.ts';
import type { NumericType } from './numericTypes.ts';
import { hostIsLittleEndian } from './numericTypes.ts';
import type { NumericArray } from './RosValue.ts';

/** Objects that a message may decode to beyond those its bytes pay for. */
const FREE_OBJECTS = 4096;
/** Objects that each byte of a message pays for; real messages need far less than one. */
const OBJECTS_PER_BYTE = 4;

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Reads ROS 1 or CDR (XCDR1) bytes and checks every length before anything is made of it. Throws `MESSAGE_INVALID`.
 */
export class WireReader {
  readonly isCdr: boolean;
  /** The field being read, for error texts. */
  fieldName = '';
  readonly #data: Uint8Array;
  readonly #view: DataView;
  readonly #typeName: string;
  readonly #littleEndian: boolean;
  readonly #origin: number;
  #offset: number;
  #objectsLeft: number;

  constructor(typeName: string, data: Uint8Array, isCdr: boolean) {
    this.#typeName = typeName;
    this.#data = data;
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    this.isCdr = isCdr;
    this.#objectsLeft = FREE_OBJECTS + OBJECTS_PER_BYTE * data.byteLength;
    if (isCdr && (data.byteLength < 4 || data[0] !== 0 || (data[1] !== 0 && data[1] !== 1))) {
      const got = Array.from(data.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
      throw this.error(
        `must begin with the CDR header 00 01 00 00 (or 00 00 for big endian), got "${got}" of ${data.byteLength} bytes`,
      );
    }
    this.#littleEndian = !isCdr || data[1] === 1;
    this.#origin = this.#offset = isCdr ? 4 : 0;
  }

  get remaining(): number {
    return this.#data.byteLength - this.#offset;
  }

  number(type: NumericType): number | bigint {
    const offset = this.take(type.bytes, type.bytes);
    return type.get(this.#view, offset, this.#littleEndian);
  }

  uint8(): number {
    return this.#view.getUint8(this.take(1, 1));
  }

  uint32(): number {
    return this.#view.getUint32(this.take(4, 4), this.#littleEndian);
  }

  /** Reads an array's length and checks that so many elements can follow. */
  arrayLength(max: number | undefined, elementBytes: number): number {
    const length = this.uint32();
    if (max !== undefined && length > max) throw this.error(`has ${length} elements, at most ${max} are allowed`);
    if (length * elementBytes > this.remaining) {
      throw this.error(
        `says it has ${length} elements of at least ${elementBytes} bytes, but only ${this.remaining} bytes follow`,
      );
    }
    return length;
  }

  /** A copy: it does not keep the message's buffer alive, and it is aligned. */
  numericArray(type: NumericType, length: number): NumericArray {
    const offset = this.skipNumericArray(type, length);
    const values = type.makeArray(length);
    if (hostIsLittleEndian === this.#littleEndian || type.bytes === 1) {
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      bytes.set(this.#data.subarray(offset, offset + bytes.byteLength));
      return values;
    }
    for (let i = 0; i < length; i++) values[i] = type.get(this.#view, offset + i * type.bytes, this.#littleEndian);
    return values;
  }

  /** Checks that the array is there; returns where it begins. An empty one has no padding before it. */
  skipNumericArray(type: NumericType, length: number): number {
    return length === 0 ? this.#offset : this.take(length * type.bytes, type.bytes);
  }

  string(maxLength: number): string {
    const [start, end] = this.skipString(maxLength);
    return utf8.decode(this.#data.subarray(start, end));
  }

  /** Checks a string and passes over it; returns where its text begins and ends. */
  skipString(maxLength: number): [start: number, end: number] {
    const length = this.uint32();
    if (length > this.remaining) {
      throw this.error(`says it has ${length} bytes, but only ${this.remaining} follow`);
    }
    const start = this.take(length, 1);
    let end = start + length;
    if (this.isCdr && length > 0) {
      end--;
      if (this.#data[end] !== 0) throw this.error('is a CDR string that must end with a zero byte, and does not');
    }
    // Bounds count UTF-8 bytes, as the ROS 2 middlewares do.
    if (end - start > maxLength) throw this.error(`has ${end - start} bytes, at most ${maxLength} are allowed`);
    return [start, end];
  }

  /** Counts decoded objects, so that few bytes cannot become very many. */
  countObjects(count: number): void {
    this.#objectsLeft -= count;
    if (this.#objectsLeft < 0) throw this.error('would decode to far more objects than the message has bytes');
  }

  /** Throws when bytes are left over. CDR allows padding to a multiple of four. */
  end(): void {
    const left = this.remaining;
    if (left > (this.isCdr ? 3 : 0)) {
      this.fieldName = '';
      throw this.error(
        `has ${this.#data.byteLength} bytes, but its definition ends at ${this.#offset}: ${left} are left over`,
      );
    }
  }

  take(bytes: number, alignment: number): number {
    let offset = this.#offset;
    if (this.isCdr && alignment > 1) offset += (alignment - ((offset - this.#origin) % alignment)) % alignment;
    if (offset + bytes > this.#data.byteLength) {
      throw this.error(`needs ${bytes} bytes at offset ${offset}, but the message ends at ${this.#data.byteLength}`);
    }
    this.#offset = offset + bytes;
    return offset;
  }

  error(what: string): RosError {
    const subject = this.fieldName === '' ? this.#typeName : `${this.#typeName}: field ${this.fieldName}`;
    return new RosError(
      'MESSAGE_INVALID',
      `${subject} ${what}. The bytes do not match the definition: check that publisher and definition are of one version.`,
      { details: { type: this.#typeName, field: this.fieldName, offset: this.#offset, bytes: this.#data.byteLength } },
    );
  }
}
