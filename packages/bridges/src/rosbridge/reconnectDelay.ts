/** Bounds of the wait before connecting again, in milliseconds. */
export const MIN_RECONNECT_DELAY_MS = 200;
export const MAX_RECONNECT_DELAY_MS = 3_000;

/**
 * Milliseconds to wait before the `attempt`-th try (from 0) in a row: doubling between the bounds, of which a random half
 * is taken off, so that many clients of one server do not come back in step. `random` is in 0..1.
 */
export function reconnectDelay(attempt: number, random: number): number {
  const delayMs = Math.min(MAX_RECONNECT_DELAY_MS, MIN_RECONNECT_DELAY_MS * 2 ** Math.min(attempt, 16));
  return Math.max(MIN_RECONNECT_DELAY_MS, delayMs * (1 - random / 2));
}
