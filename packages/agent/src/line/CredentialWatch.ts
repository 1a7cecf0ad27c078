import type { Clock, Disposer } from '@longline/ros';

/** It is looked this often, in milliseconds. */
export const CREDENTIAL_LOOK_MS = 2_000;

/** After a refusal for want of credentials: sees when there are others, so that who lets the robot join need not wait for its next dial. */
export class CredentialWatch {
  readonly #clock: Clock;
  readonly #stamp: () => string;
  readonly #handleChange: () => void;
  #known = '';
  #cancel: Disposer | undefined;

  constructor(options: {
    readonly clock: Clock;
    /** Another one for other credentials. */
    readonly stamp: () => string;
    readonly handleChange: () => void;
  }) {
    this.#clock = options.clock;
    this.#stamp = options.stamp;
    this.#handleChange = options.handleChange;
  }

  /** Begins to look, until there is a change. Idempotent. */
  start(): void {
    if (this.#cancel !== undefined) return;
    this.#known = this.#stamp();
    this.#lookLater();
  }

  /** Idempotent. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #lookLater(): void {
    this.#cancel = this.#clock.after(CREDENTIAL_LOOK_MS, () => {
      if (this.#stamp() === this.#known) {
        this.#lookLater();
        return;
      }
      this.#cancel = undefined;
      this.#handleChange();
    });
  }
}
