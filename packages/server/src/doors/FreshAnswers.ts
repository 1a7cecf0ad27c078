import type { Clock } from '@longline/ros';

/** Answers kept; with one more the oldest goes. */
const MAX_ANSWERS = 2_000;

interface Asked<Answer> {
  readonly answer: Promise<Answer>;
  readonly untilMs: number;
}

/** What many ask at once, or shortly after each other, is asked once. What failed is asked again. */
export class FreshAnswers<Answer> {
  readonly #clock: Clock;
  readonly #freshMs: number;
  readonly #ask: (key: string) => Promise<Answer>;
  readonly #asked = new Map<string, Asked<Answer>>();

  constructor(options: {
    readonly clock: Clock;
    /** An answer holds for so long after it was asked for, in milliseconds. */
    readonly freshMs: number;
    readonly ask: (key: string) => Promise<Answer>;
  }) {
    this.#clock = options.clock;
    this.#freshMs = options.freshMs;
    this.#ask = options.ask;
  }

  get(key: string): Promise<Answer> {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#asked.get(key);
    if (known !== undefined && nowMs < known.untilMs) return known.answer;
    const answer = this.#ask(key);
    const asked = { answer, untilMs: nowMs + this.#freshMs };
    this.#asked.delete(key);
    this.#asked.set(key, asked);
    answer.catch(() => {
      if (this.#asked.get(key) === asked) this.#asked.delete(key);
    });
    for (const oldest of this.#asked.keys()) {
      if (this.#asked.size <= MAX_ANSWERS) break;
      this.#asked.delete(oldest);
    }
    return answer;
  }

  /** Nothing that is known holds any more. */
  clear(): void {
    this.#asked.clear();
  }
}
