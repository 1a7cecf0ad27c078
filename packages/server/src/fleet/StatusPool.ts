import type { RobotStatus } from '@longline/line';

/** Different statuses remembered; beyond it the pool begins anew. */
const MAX_STATUSES = 1_000;

/** One object for each status, however many robots are in it: most of a fleet says the same of itself. */
export class StatusPool {
  readonly #byText = new Map<string, RobotStatus>();

  /** The status equal to this one that came first. */
  shared(status: RobotStatus): RobotStatus {
    const text = JSON.stringify(status);
    const first = this.#byText.get(text);
    if (first !== undefined) return first;
    // A long one says what only one robot can say.
    if (text.length > MAX_TEXT_LENGTH) return status;
    if (this.#byText.size >= MAX_STATUSES) this.#byText.clear();
    this.#byText.set(text, status);
    return status;
  }
}

const MAX_TEXT_LENGTH = 1_000;
