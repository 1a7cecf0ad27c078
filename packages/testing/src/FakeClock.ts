import type { Clock, Disposer } from '@longline/ros';

/** More timers than this at one instant means that a callback re-arms itself without delay for ever. */
const MAX_TIMERS_AT_ONE_INSTANT = 100_000;

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

export interface FakeClockOptions {
  /** Where the monotonic clock begins, in milliseconds. Default 0. */
  readonly startMs?: number;
  /** What the wall clock shows then, in nanoseconds since 1970. Default 2026-01-01T00:00:00Z. */
  readonly wallNs?: bigint;
}

/** A clock that moves only when told to, so that a test decides what happens when, to the millisecond. */
export class FakeClock implements Clock {
  #nowMs: number;
  /** Wall time where the monotonic clock shows 0. */
  #wallOriginNs: bigint;
  #timers: Timer[] = [];
  #advancing = false;

  constructor(options: FakeClockOptions = {}) {
    this.#nowMs = options.startMs ?? 0;
    this.#wallOriginNs = (options.wallNs ?? 1_767_225_600_000_000_000n) - nanoseconds(this.#nowMs);
  }

  /** How many timers wait; 0 after everything under test was closed. */
  get pendingTimers(): number {
    return this.#timers.length;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  wallNs(): bigint {
    return this.#wallOriginNs + nanoseconds(this.#nowMs);
  }

  /** Sets the wall clock as an operator or NTP does; the monotonic clock and the timers stay. */
  setWallNs(wallNs: bigint): void {
    this.#wallOriginNs = wallNs - nanoseconds(this.#nowMs);
  }

  after(delayMs: number, callback: () => void): Disposer {
    const timer: Timer = { dueMs: this.#nowMs + Math.max(0, delayMs), callback };
    this.#timers.splice(this.#positionAfter(timer.dueMs), 0, timer);
    return () => {
      const index = this.#timers.indexOf(timer);
      if (index >= 0) this.#timers.splice(index, 1);
    };
  }

  /**
   * Lets `durationMs` pass: timers that come due run in order, each at its own time, and promises settle between them.
   *
   * Rejects when another `advance` is under way, or when timers re-arm themselves without delay for ever.
   */
  async advance(durationMs: number): Promise<void> {
    if (this.#advancing) throw new Error('FakeClock.advance() is under way already: await it first');
    this.#advancing = true;
    try {
      const endMs = this.#nowMs + durationMs;
      await settle();
      let atThisInstant = 0;
      for (let timer = this.#takeDue(endMs); timer; timer = this.#takeDue(endMs)) {
        atThisInstant = timer.dueMs > this.#nowMs ? 0 : atThisInstant + 1;
        if (atThisInstant > MAX_TIMERS_AT_ONE_INSTANT) {
          throw new Error(
            `More than ${MAX_TIMERS_AT_ONE_INSTANT} timers ran at ${this.#nowMs} ms: one re-arms for ever`,
          );
        }
        this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
        timer.callback();
        await settle();
      }
      this.#nowMs = endMs;
    } finally {
      this.#advancing = false;
    }
  }

  /** Lets time pass while nothing runs, as a suspended or overloaded process sees it: what came due runs at the next `advance`. */
  stall(durationMs: number): void {
    this.#nowMs += durationMs;
  }

  #takeDue(endMs: number): Timer | undefined {
    const next = this.#timers[0];
    return next && next.dueMs <= endMs ? this.#timers.shift() : undefined;
  }

  /** Behind all timers that are due at `dueMs` or earlier, so that equal ones run in the order they were set. */
  #positionAfter(dueMs: number): number {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#timers[middle]!.dueMs <= dueMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const nanoseconds = (ms: number): bigint => BigInt(Math.round(ms * 1e6));

/** A turn of the event loop: every promise that can settle has settled, however long the chain. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
