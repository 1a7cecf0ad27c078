/** Least patience, in milliseconds. */
export const LEAST_PATIENCE_MS = 1_000;
/** So many times as long as the last connection took to be welcomed. */
const TIMES_USUAL = 3;
/** This share of the time since it was lost is added, for a path that became slower. */
const SHARE_OF_OUTAGE = 0.1;

/**
 * How long an attempt to connect may take. TCP sends the first packet of one again after 1, 2, 4, 8 s and so on, long after
 * the network is back; a new attempt sends it at once. So where connections are known to be quick, none is waited for much
 * longer than they take. (Overlapping attempts would help as well, but browsers make only one at a time: RFC 6455, 4.1.)
 */
export class DialPatience {
  #usualMs: number | undefined;
  #sinceMs: number | undefined;

  /** For an attempt that begins now, in milliseconds; `mostMs` at most, and before the first connection. */
  next(nowMs: number, mostMs: number): number {
    if (this.#usualMs === undefined) return mostMs;
    this.#sinceMs ??= nowMs;
    const leastMs = Math.max(LEAST_PATIENCE_MS, TIMES_USUAL * this.#usualMs);
    return Math.min(mostMs, leastMs + SHARE_OF_OUTAGE * (nowMs - this.#sinceMs));
  }

  /** An attempt was welcomed after so long. */
  handleWelcome(tookMs: number): void {
    this.#usualMs = tookMs;
    this.#sinceMs = undefined;
  }

  /** The network is back: the attempts so far say nothing. */
  handleOnline(): void {
    this.#sinceMs = undefined;
  }
}
