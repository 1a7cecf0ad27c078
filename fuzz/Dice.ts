import { randomFrom } from '@longline/testing';
import type { RandomBelow } from '@longline/testing';

/** Numbers at which decoders break: edges of widths, of exactness, of finiteness. */
const edgeNumbers = [
  0,
  -0,
  1,
  -1,
  2,
  127,
  128,
  255,
  256,
  65_535,
  65_536,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  -(2 ** 53),
  2 ** 63,
  2 ** 64,
  1e308,
  -1e308,
  5e-324,
  0.1,
  1e21,
  Infinity,
  -Infinity,
  NaN,
] as const;

/** The source of chance of one case: the same seed makes the same choices. */
export class Dice {
  readonly below: RandomBelow;

  constructor(seed: number) {
    this.below = randomFrom(seed);
  }

  /** True once in so many times. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  one<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined && items.length === 0) throw new RangeError('There is nothing to choose from.');
    return item as T;
  }

  /** Both bounds are possible. */
  between(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  edgeNumber(): number {
    return this.one(edgeNumbers);
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at++) bytes[at] = this.below(256);
    return bytes;
  }

  text(length: number): string {
    let text = '';
    while (text.length < length) text += String.fromCharCode(this.oneIn(8) ? this.below(65_536) : 32 + this.below(95));
    return text;
  }
}

/** The seed of one case of a target: FNV-1a over all three, so that each case can be repeated alone. */
export function caseSeed(seed: number, target: string, index: number): number {
  let hash = 0x811c9dc5;
  for (const char of `${seed}/${target}/${index}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  return hash >>> 0;
}
