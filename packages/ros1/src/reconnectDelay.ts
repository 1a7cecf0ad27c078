const FIRST_MS = 100;
/** Longest pause between two attempts, in milliseconds. */
export const MAX_RECONNECT_DELAY_MS = 4_000;

/** Milliseconds to wait before attempt `failures` (from 1): doubled each time up to 4 s, then a random half of it taken off. */
export function reconnectDelay(failures: number, random: () => number = Math.random): number {
  const fullMs = Math.min(MAX_RECONNECT_DELAY_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16));
  return fullMs * (0.5 + 0.5 * random());
}
