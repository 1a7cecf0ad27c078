/** First and longest wait between attempts, in milliseconds. */
export const FIRST_DELAY_MS = 200;
export const LONGEST_DELAY_MS = 5_000;
/** A line that stood this long, in milliseconds, makes the next wait short again. */
export const STABLE_MS = 10_000;

/** How long to wait before the next attempt: doubling, capped, and spread so that a fleet does not come at once. */
export class ReconnectDelay {
  readonly #random: () => number;
  #nextMs = FIRST_DELAY_MS;

  /** `random` gives 0 to 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** The next wait in milliseconds: between half of the full one and all of it. `openMs` is how long the last line stood. */
  next(openMs: number): number {
    if (openMs >= STABLE_MS) this.#nextMs = FIRST_DELAY_MS;
    const fullMs = this.#nextMs;
    this.#nextMs = Math.min(fullMs * 2, LONGEST_DELAY_MS);
    return this.spread(fullMs);
  }

  spread(fullMs: number): number {
    return fullMs * (0.5 + 0.5 * this.#random());
  }
}
