import type { Clock, Disposer } from '@longline/ros';

/** Every reader is told of a status, so no device's changes are told more often than this, in milliseconds. */
const STATUS_EVERY_MS = 50;

/** Tells of changes, at most every 50 ms, the last one always. */
export class StatusTeller {
  readonly #clock: Clock;
  readonly #tell: () => void;
  #dueMs = Number.NEGATIVE_INFINITY;
  #cancel: Disposer | undefined;

  constructor(clock: Clock, tell: () => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  handleChange(): void {
    if (this.#cancel !== undefined) return;
    const waitMs = this.#dueMs - this.#clock.monotonicMs();
    if (waitMs <= 0) this.#tellNow();
    else this.#cancel = this.#clock.after(waitMs, () => this.#tellNow());
  }

  /** Idempotent. */
  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #tellNow(): void {
    this.#cancel = undefined;
    this.#dueMs = this.#clock.monotonicMs() + STATUS_EVERY_MS;
    this.#tell();
  }
}
