/** First and longest pause between two attempts to connect, in milliseconds, before jitter. */
export const FIRST_RECONNECT_MS = 200;
export const LONGEST_RECONNECT_MS = 3_000;
/** A connection that lasted this long was stable, in milliseconds: the next pause is the first again. */
export const STABLE_CONNECTION_MS = 5_000;

/** Longest pause while a peer that may be starting again is away for a short time, in milliseconds, before jitter. */
const LEAST_AWAY_MS = 600;
/** The longer it is away, the later it may be found to be back: by this share of that time. */
const SHARE_OF_ABSENCE = 0.1;

/**
 * How long to wait before connecting again after `failures` attempts in a row (from 0): doubling from 0.2 s to 3 s, of
 * which a random half is taken off, so that many clients of one server do not come back in step. `random` is in 0..1.
 */
export function reconnectDelayMs(failures: number, random: number): number {
  return jittered(Math.min(LONGEST_RECONNECT_MS, FIRST_RECONNECT_MS * 2 ** Math.min(failures, 16)), random);
}

/**
 * The same for a peer where nobody has listened for `awayMs`, as while it is started again: 0.6 s at most in the first
 * seconds and a tenth of the time later, so that it is found soon after it is back.
 */
export function awayDelayMs(failures: number, awayMs: number, random: number): number {
  const longestMs = Math.max(LEAST_AWAY_MS, SHARE_OF_ABSENCE * awayMs);
  return Math.min(reconnectDelayMs(failures, random), jittered(longestMs, random));
}

/** A pause of which a random half is taken off. */
export const jittered = (fullMs: number, random: number): number => fullMs * (1 - random / 2);
