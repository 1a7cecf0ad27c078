import type { Clock, Disposer } from '@longline/ros';

/** Late ticks that are made up for at once; after a longer stall the rest is skipped. */
export const MAX_CATCH_UP_TICKS = 5;

export interface TickerOptions {
  readonly clock: Clock;
  /** Milliseconds between ticks. */
  readonly intervalMs: number;
  /** Told the time at which the tick was due, in milliseconds of the clock. */
  readonly handleTick: (dueMs: number) => void;
}

/** Ticks at whole intervals from its start: late timers do not add up, so the mean rate is exact. */
export class Ticker {
  readonly #options: TickerOptions;
  #startMs = 0;
  #ticks = 0;
  #cancel: Disposer | undefined;
  #stopped = false;

  constructor(options: TickerOptions) {
    this.#options = options;
  }

  /** Begins; the first tick is one interval from now. Does nothing when running or stopped. */
  start(): void {
    if (this.#cancel || this.#stopped) return;
    this.#startMs = this.#options.clock.monotonicMs();
    this.#arm();
  }

  /** Ends for ever. Idempotent. */
  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  get #nextMs(): number {
    return this.#startMs + (this.#ticks + 1) * this.#options.intervalMs;
  }

  #arm(): void {
    // A timer of a system clock has whole milliseconds: rounding up spares a wake-up that would come too early.
    const delayMs = Math.ceil(this.#nextMs - this.#options.clock.monotonicMs());
    this.#cancel = this.#options.clock.after(Math.max(0, delayMs), () => this.#handleTimer());
  }

  #handleTimer(): void {
    const nowMs = this.#options.clock.monotonicMs();
    const behind = Math.floor((nowMs - this.#startMs) / this.#options.intervalMs) - this.#ticks;
    if (behind > MAX_CATCH_UP_TICKS) this.#ticks += behind - MAX_CATCH_UP_TICKS;
    while (!this.#stopped && this.#nextMs <= nowMs) {
      const dueMs = this.#nextMs;
      this.#ticks++;
      this.#options.handleTick(dueMs);
    }
    if (!this.#stopped) this.#arm();
  }
}
