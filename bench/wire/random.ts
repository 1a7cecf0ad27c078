/** Uniform (0 to below 1) and Gaussian (mean 0, sigma 1) numbers of one seed. */
export interface Random {
  uniform(): number;
  gaussian(): number;
}

/** Mulberry32 and Box-Muller: the bench prints the same figures in every run. */
export function seededRandom(seed: number): Random {
  let state = seed;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    uniform,
    gaussian: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}
