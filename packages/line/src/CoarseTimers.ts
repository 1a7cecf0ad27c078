import type { Clock, Disposer } from '@longline/ros';

/** Something that is woken some time later. */
export interface CoarseTarget {
  handleTimer(): void;
}

/** Where a target waits. */
export type CoarseTimer = Set<CoarseTarget>;

const DEFAULT_GRAIN_MS = 100;
/** A timer that is later than this was held up by a process that stood still, in milliseconds. */
const STALL_MS = 100;

/**
 * Timers for very many targets that need no precision: no closure and no timer of the platform for each. They come up to
 * two grains late (of 100 ms by default), and never early. When the process stood still what came meanwhile is read first,
 * and timers that are due wait one grain more.
 */
export class CoarseTimers {
  readonly #clock: Clock;
  readonly #grainMs: number;
  /** Who waits, by the number of grains on the clock. */
  readonly #waiting = new Map<number, CoarseTimer>();
  #dueMs = Number.NaN;
  #cancel: Disposer | undefined;

  constructor(clock: Clock, grainMs = DEFAULT_GRAIN_MS) {
    this.#clock = clock;
    this.#grainMs = grainMs;
  }

  /** Wakes the target once. It can wait several times over, each with a timer of its own. */
  after(delayMs: number, target: CoarseTarget): CoarseTimer {
    const grain = Math.ceil((this.#clock.monotonicMs() + delayMs) / this.#grainMs);
    let timer = this.#waiting.get(grain);
    if (timer === undefined) this.#waiting.set(grain, (timer = new Set()));
    timer.add(target);
    this.#arm();
    return timer;
  }

  /** The target is not woken by that timer. */
  cancel(timer: CoarseTimer, target: CoarseTarget): void {
    timer.delete(target);
  }

  #arm(): void {
    if (this.#cancel !== undefined) return;
    this.#dueMs = this.#clock.monotonicMs() + this.#grainMs;
    this.#cancel = this.#clock.after(this.#grainMs, () => {
      this.#cancel = undefined;
      this.#run();
    });
  }

  #run(): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#dueMs <= STALL_MS) {
      for (const [grain, timer] of this.#waiting) {
        if (timer.size === 0) this.#waiting.delete(grain);
        if (grain * this.#grainMs > nowMs) continue;
        this.#waiting.delete(grain);
        for (const target of timer) target.handleTimer();
      }
    }
    if (this.#waiting.size > 0) this.#arm();
  }
}
