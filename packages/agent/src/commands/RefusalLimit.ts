import type { Clock } from '@longline/ros';

/** Between two words about the same refusal, in milliseconds (clause 5.10: ten a second). */
const INTERVAL_MS = 100;
/** Refusals remembered; beyond it the oldest are forgotten. */
const MAX_REMEMBERED = 1_000;

/** Lets through each refusal of a stream ten times a second, so that a flood of frames is not answered by one of replies. */
export class RefusalLimit {
  readonly #clock: Clock;
  readonly #toldMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether it is to be told now. */
  passes(streamId: string, code: string): boolean {
    const key = `${code} ${streamId}`;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - (this.#toldMs.get(key) ?? Number.NEGATIVE_INFINITY) < INTERVAL_MS) return false;
    this.#toldMs.delete(key);
    this.#toldMs.set(key, nowMs);
    for (const oldest of this.#toldMs.keys()) {
      if (this.#toldMs.size <= MAX_REMEMBERED) break;
      this.#toldMs.delete(oldest);
    }
    return true;
  }
}
