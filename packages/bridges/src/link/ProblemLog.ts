import type { Clock, Disposer, Log } from '@longline/ros';

/** At most one line a second; the rest is counted. */
const INTERVAL_MS = 1_000;

export interface ProblemLogOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly url: string;
}

/** Tells the log what a server sent that cannot be used, at most once a second. */
export class ProblemLog {
  readonly #options: ProblemLogOptions;
  #more = 0;
  #cancelTimer: Disposer | undefined;

  constructor(options: ProblemLogOptions) {
    this.#options = options;
  }

  handle(problem: string): void {
    if (this.#cancelTimer !== undefined) {
      this.#more++;
      return;
    }
    const { clock, log, url } = this.#options;
    log.warn(
      { url, problem, ...(this.#more > 0 ? { unreportedBefore: this.#more } : {}) },
      'frame of the bridge not used',
    );
    this.#more = 0;
    this.#cancelTimer = clock.after(INTERVAL_MS, () => (this.#cancelTimer = undefined));
  }

  close(): void {
    this.#cancelTimer?.();
  }
}
