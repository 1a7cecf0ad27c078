import type { Clock } from '@longline/ros';

/** Each code is told at most so often in a second (clause 5.10). */
const TOLD_PER_SECOND = 10;
/** Different codes counted; there are fewer. */
const MAX_CODES = 100;

/** Keeps the refusals of a flood of frames from becoming a flood of replies. */
export class RefusalLimit {
  readonly #clock: Clock;
  readonly #byCode = new Map<string, { sinceMs: number; count: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether this one may be told. */
  allows(code: string): boolean {
    const nowMs = this.#clock.monotonicMs();
    const told = this.#byCode.get(code);
    if (told !== undefined && nowMs - told.sinceMs < 1_000) return ++told.count <= TOLD_PER_SECOND;
    if (this.#byCode.size >= MAX_CODES) this.#byCode.clear();
    this.#byCode.set(code, { sinceMs: nowMs, count: 1 });
    return true;
  }
}
