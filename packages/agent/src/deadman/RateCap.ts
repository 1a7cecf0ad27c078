import type { Clock } from '@longline/ros';

/** Lets through at most so many a second, one of them early: a jittering stream at the very rate passes whole. */
export class RateCap {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  /** When the next is due. */
  #dueMs = -Infinity;

  /** Without a rate everything passes. */
  constructor(clock: Clock, maxRateHz: number | undefined) {
    this.#clock = clock;
    this.#intervalMs = maxRateHz === undefined ? 0 : 1000 / maxRateHz;
  }

  /** Whether one may pass now; it is counted then. */
  take(): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#dueMs - this.#intervalMs) return false;
    this.#dueMs = Math.max(this.#dueMs, nowMs) + this.#intervalMs;
    return true;
  }
}
