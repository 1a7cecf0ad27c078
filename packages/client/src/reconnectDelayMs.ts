/** Shortest and longest pause between two attempts to connect, in milliseconds, before jitter. */
export const MIN_RECONNECT_MS = 200;
export const MAX_RECONNECT_MS = 5_000;
/** A connection that lasted this long counts as stable: the next pause is the shortest again. */
export const STABLE_AFTER_MS = 10_000;

/**
 * How long to wait before attempt number `attempt` (from 0) after a lost connection: doubling from 0.2 s to 5 s, of
 * which a random half is taken off so that a fleet of readers does not return in one instant. `random` is in [0, 1).
 */
export function reconnectDelayMs(attempt: number, random: number): number {
  const fullMs = Math.min(MAX_RECONNECT_MS, MIN_RECONNECT_MS * 2 ** Math.min(attempt, 30));
  return fullMs * (1 - random / 2);
}
