import type { Clock, Disposer } from '@longline/ros';
import type { CoarseTimer, CoarseTimers } from './CoarseTimers.ts';

/** A timer that is later than this was held up by a process that stood still, in milliseconds. */
const STALL_MS = 100;

/** Who looks. */
export interface Looker {
  handleLook(): void;
}

/** Says when to look whether the other side is still there, and never right after this process stood still. */
export class LookTimer {
  readonly #clock: Clock;
  /** Of the process, where it has very many lines. */
  readonly #timers: CoarseTimers | undefined;
  readonly #looker: Looker;
  #coarse: CoarseTimer | undefined;
  #cancel: Disposer | undefined;

  constructor(clock: Clock, timers: CoarseTimers | undefined, looker: Looker) {
    this.#clock = clock;
    this.#timers = timers;
    this.#looker = looker;
  }

  /** Looks after so long, in place of an earlier appointment. */
  start(delayMs: number): void {
    this.stop();
    if (this.#timers !== undefined) {
      this.#coarse = this.#timers.after(delayMs, this);
      return;
    }
    const dueMs = this.#clock.monotonicMs() + delayMs;
    this.#cancel = this.#clock.after(delayMs, () => {
      // One stall of a process must not end its lines: what came meanwhile is read first.
      if (this.#clock.monotonicMs() - dueMs > STALL_MS) this.start(1);
      else this.#looker.handleLook();
    });
  }

  stop(): void {
    this.#cancel?.();
    if (this.#coarse !== undefined) this.#timers?.cancel(this.#coarse, this);
    this.#coarse = undefined;
  }

  /** For {@link CoarseTimers}. */
  handleTimer(): void {
    this.#coarse = undefined;
    this.#looker.handleLook();
  }
}
