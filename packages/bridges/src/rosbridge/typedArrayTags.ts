import type { NumericArray } from '@longline/ros';

type ArrayKind = new (buffer: ArrayBuffer) => NumericArray;

/** What cborg calls with a function that decodes what the tag holds. */
type TagDecoder = (decode: () => unknown) => NumericArray;

const isLittleEndianHost = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** RFC 8746, section 2.1: tag, kind, and whether the elements are little endian. */
const kinds: readonly (readonly [tag: number, kind: ArrayKind, isLittleEndian: boolean])[] = [
  [64, Uint8Array, true],
  [65, Uint16Array, false],
  [66, Uint32Array, false],
  [67, BigUint64Array, false],
  [68, Uint8Array, true],
  [69, Uint16Array, true],
  [70, Uint32Array, true],
  [71, BigUint64Array, true],
  [72, Int8Array, true],
  [73, Int16Array, false],
  [74, Int32Array, false],
  [75, BigInt64Array, false],
  [77, Int16Array, true],
  [78, Int32Array, true],
  [79, BigInt64Array, true],
  [81, Float32Array, false],
  [82, Float64Array, false],
  [85, Float32Array, true],
  [86, Float64Array, true],
];

/** The typed arrays of CBOR as rosbridge writes sequences of numbers, for cborg's `tags`. */
export const typedArrayTags: Readonly<Record<number, TagDecoder>> = Object.fromEntries(
  kinds.map(([tag, kind, isLittleEndian]) => [tag, (decode) => typedArray(tag, kind, isLittleEndian, decode())]),
);

function typedArray(tag: number, kind: ArrayKind, isLittleEndian: boolean, value: unknown): NumericArray {
  if (!(value instanceof Uint8Array)) throw new Error(`the typed array of tag ${tag} is no byte string`);
  // A copy begins where its elements are aligned.
  const bytes = Uint8Array.from(value);
  const array = new kind(bytes.buffer);
  if (array.BYTES_PER_ELEMENT > 1 && isLittleEndian !== isLittleEndianHost) {
    for (let start = 0; start < bytes.length; start += array.BYTES_PER_ELEMENT)
      bytes.subarray(start, start + array.BYTES_PER_ELEMENT).reverse();
  }
  return array;
}
