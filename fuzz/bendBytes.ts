import type { Dice } from './Dice.ts';

/** Longest input that bending makes out of a shorter one, in bytes. */
const MAX_GROWN_BYTES = 64 * 1024;

const edgeLengths = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff];

/** A copy of a good input, bent out of shape in up to five places; seldom left as it is. `others` are spliced in. */
export function bendBytes(dice: Dice, good: Uint8Array, others: readonly Uint8Array[] = []): Uint8Array {
  let bytes: Uint8Array = good.slice();
  for (let count = dice.below(6); count > 0; count--) bytes = bendOnce(dice, bytes, others);
  return bytes;
}

function bendOnce(dice: Dice, bytes: Uint8Array, others: readonly Uint8Array[]): Uint8Array {
  const { length } = bytes;
  if (length === 0) return dice.bytes(dice.below(16));
  const at = dice.below(length);
  switch (dice.below(9)) {
    case 0:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << dice.below(8));
      return bytes;
    case 1:
      bytes[at] = dice.below(256);
      return bytes;
    case 2:
      return bytes.subarray(0, at);
    case 3: {
      const width = Math.min(4, length - at);
      const value = dice.oneIn(2) ? dice.one(edgeLengths) : Math.max(0, length + dice.between(-4, 4));
      for (let offset = 0; offset < width; offset++) bytes[at + offset] = (value >>> (8 * offset)) & 0xff;
      return bytes;
    }
    case 4:
      return joined(bytes.subarray(0, at), bytes.subarray(Math.min(length, at + 1 + dice.below(16))));
    case 5:
      return joined(bytes.subarray(0, at), dice.bytes(1 + dice.below(16)), bytes.subarray(at));
    case 6: {
      // Repeated, so that counts and depths grow.
      const piece = bytes.subarray(at, Math.min(length, at + 1 + dice.below(64)));
      const times = Math.max(1, Math.min(1 << dice.below(10), Math.floor((MAX_GROWN_BYTES - length) / piece.length)));
      return joined(bytes.subarray(0, at), ...Array.from({ length: times }, () => piece), bytes.subarray(at));
    }
    case 7: {
      if (others.length === 0) return bytes;
      const other = dice.one(others);
      return joined(bytes.subarray(0, at), other.subarray(dice.below(other.length + 1))).subarray(0, MAX_GROWN_BYTES);
    }
    default:
      // What is no UTF-8: a lone continuation, a cut sequence, a surrogate, an overlong slash.
      return joined(
        bytes.subarray(0, at),
        Uint8Array.from(dice.one([[0x80], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0xff, 0xfe]])),
        bytes.subarray(at),
      );
  }
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
