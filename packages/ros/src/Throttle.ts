import type { Clock } from './Clock.ts';
import { RosError } from './errors.ts';
import type { Disposer } from './RosGraph.ts';

/** Lowest rate accepted, in Hz: timers cannot wait much longer. */
export const MIN_RATE_HZ = 1e-6;

/** What a {@link Throttle} is given. */
export interface ThrottleOptions<T> {
  /** At most this many values a second; `undefined` lets all pass. `PARAMETER_INVALID` below 0.000001. */
  readonly rateHz: number | undefined;
  readonly clock: Clock;
  /** Gets what passes. */
  readonly deliver: (value: T) => void;
  /** Told before a value is delivered how many older ones it replaced. */
  readonly handleDropped?: (count: number) => void;
}

/**
 * A rate limit that keeps the newest: the first value passes at once, later ones wait for the end of the interval, where
 * the newest is delivered. Holds one value at most.
 */
export class Throttle<T> {
  readonly #options: ThrottleOptions<T>;
  readonly #intervalMs: number;
  #dueMs = Number.NEGATIVE_INFINITY;
  #pending: { value: T } | undefined;
  #dropped = 0;
  #cancelTimer: Disposer | undefined;
  #closed = false;

  constructor(options: ThrottleOptions<T>) {
    const { rateHz } = options;
    if (rateHz !== undefined && !(rateHz >= MIN_RATE_HZ)) {
      throw new RosError(
        'PARAMETER_INVALID',
        `A rate limit must be a number of messages a second above 0, not ${rateHz}. Leave it out for no limit.`,
        { details: { rateHz } },
      );
    }
    this.#options = options;
    this.#intervalMs = rateHz === undefined ? 0 : 1000 / rateHz;
  }

  /** Takes the next value; ignored after {@link close}. */
  handle(value: T): void {
    if (this.#closed) return;
    if (this.#intervalMs === 0) {
      this.#options.deliver(value);
      return;
    }
    if (this.#pending !== undefined) this.#dropped++;
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs >= this.#dueMs) {
      this.#deliver(value, nowMs);
      return;
    }
    this.#pending = { value };
    this.#cancelTimer ??= this.#options.clock.after(this.#dueMs - nowMs, () => this.#handleTimer());
  }

  /** Forgets a waiting value and its timer. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#pending = undefined;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #handleTimer(): void {
    this.#cancelTimer = undefined;
    if (this.#pending !== undefined) this.#deliver(this.#pending.value, this.#options.clock.monotonicMs());
  }

  #deliver(value: T, nowMs: number): void {
    this.#pending = undefined;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    // Counting from when it was due keeps the mean rate although timers are late; after a pause it counts from now.
    const lateMs = nowMs - this.#dueMs;
    this.#dueMs = (lateMs < this.#intervalMs ? this.#dueMs : nowMs) + this.#intervalMs;
    const dropped = this.#dropped;
    this.#dropped = 0;
    if (dropped > 0) this.#options.handleDropped?.(dropped);
    this.#options.deliver(value);
  }
}
