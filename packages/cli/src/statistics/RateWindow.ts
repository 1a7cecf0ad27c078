/** What `rostopic hz` prints, in seconds and per second. */
export interface RateSummary {
  readonly rateHz: number;
  readonly minS: number;
  readonly maxS: number;
  readonly stdDevS: number;
  /** Messages, one more than the intervals between them. */
  readonly window: number;
}

/** Messages that a window holds by default, as `rostopic hz` has it. */
export const DEFAULT_RATE_WINDOW = 50_000;

/** The intervals between a channel's newest messages. */
export class RateWindow {
  readonly #maxIntervals: number;
  #intervalsS: number[] = [];
  #next = 0;
  #lastS: number | undefined;

  constructor(maxMessages = DEFAULT_RATE_WINDOW) {
    this.#maxIntervals = Math.max(1, maxMessages - 1);
  }

  /** One message, at `timeS` seconds. Time that goes back starts the window anew. */
  add(timeS: number): void {
    const last = this.#lastS;
    this.#lastS = timeS;
    if (last === undefined) return;
    if (timeS < last) {
      this.#intervalsS = [];
      this.#next = 0;
      return;
    }
    this.#intervalsS[this.#next] = timeS - last;
    this.#next = (this.#next + 1) % this.#maxIntervals;
  }

  /** Undefined before the second message. */
  summary(): RateSummary | undefined {
    const count = this.#intervalsS.length;
    if (count === 0) return undefined;
    let [sum, minS, maxS] = [0, Infinity, -Infinity];
    for (const interval of this.#intervalsS) {
      sum += interval;
      minS = Math.min(minS, interval);
      maxS = Math.max(maxS, interval);
    }
    const meanS = sum / count;
    let squares = 0;
    for (const interval of this.#intervalsS) squares += (interval - meanS) ** 2;
    return { rateHz: meanS > 0 ? 1 / meanS : 0, minS, maxS, stdDevS: Math.sqrt(squares / count), window: count + 1 };
  }
}
