import type { Clock, Disposer } from '@longline/ros';

/** One timer that is set, set anew and cancelled. */
export class Alarm {
  readonly #clock: Clock;
  readonly #handleDue: () => void;
  #cancel: Disposer | undefined;

  constructor(clock: Clock, handleDue: () => void) {
    this.#clock = clock;
    this.#handleDue = handleDue;
  }

  get isSet(): boolean {
    return this.#cancel !== undefined;
  }

  /** In place of when it was due before. */
  set(delayMs: number): void {
    this.cancel();
    this.#cancel = this.#clock.after(delayMs, () => {
      this.#cancel = undefined;
      this.#handleDue();
    });
  }

  cancel(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
