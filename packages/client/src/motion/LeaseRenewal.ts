import { isLonglineError } from '@longline/ros';
import type { Clock, Disposer, LonglineError } from '@longline/ros';
import { ClientError } from '../errors.ts';

/** What a {@link LeaseRenewal} is given. */
export interface LeaseRenewalOptions {
  readonly clock: Clock;
  readonly holdMs: number;
  /** When the word that is confirmed was made, in milliseconds of the clock. */
  readonly madeMs: number;
  /** Sends a renewal; resolves when it is confirmed. Rejects with why not. */
  readonly renew: () => Promise<void>;
  /** Called once: the lease is not held any more. */
  readonly handleLost: (reason: LonglineError) => void;
}

/** So often within the hold. */
const RENEWALS_PER_HOLD = 3;

/** Ends of a lease; after any other failure of a renewal the next one is tried. */
const isEnd = (code: string): boolean =>
  code.startsWith('LEASE_') || code === 'DEVICE_OFFLINE' || code === 'DEVICE_UNKNOWN' || code === 'DEADMAN_ABSENT';

/**
 * Keeps a lease while this process lives: renews it three times within its hold, and knows when it has run out, because the last
 * confirmed word was made a hold ago. What is held up itself, by a busy or suspended process, does not renew.
 */
export class LeaseRenewal {
  readonly #options: LeaseRenewalOptions;
  #confirmedMs: number;
  #cancelRenew: Disposer | undefined;
  #cancelExpiry: Disposer | undefined;
  #ended = false;

  constructor(options: LeaseRenewalOptions) {
    this.#options = options;
    this.#confirmedMs = options.madeMs;
    this.#expireLater();
    this.#renewLater();
  }

  /** Whether the lease is held now, by what was confirmed; where it has run out that is told at once. */
  check(): boolean {
    const { clock, handleLost, holdMs } = this.#options;
    if (this.#ended) return false;
    if (clock.monotonicMs() - this.#confirmedMs < holdMs) return true;
    this.end();
    handleLost(
      new ClientError(
        'LEASE_LOST',
        `No renewal of the lease was confirmed for ${holdMs} ms, so the robot has ended it and stopped. Take it again when the server and the robot answer.`,
      ),
    );
    return false;
  }

  /** The way to the server is open again: renews at once. */
  handleConnected(): void {
    if (this.check()) this.#renew();
  }

  /** No more renewals. Idempotent. */
  end(): void {
    this.#ended = true;
    this.#cancelRenew?.();
    this.#cancelExpiry?.();
  }

  #renewLater(): void {
    const { clock, holdMs } = this.#options;
    this.#cancelRenew = clock.after(holdMs / RENEWALS_PER_HOLD, () => {
      // A process that stood still for longer must not renew what has run out meanwhile.
      if (!this.check()) return;
      this.#renewLater();
      this.#renew();
    });
  }

  #renew(): void {
    const { clock, handleLost, renew } = this.#options;
    const madeMs = clock.monotonicMs();
    renew().then(
      () => {
        if (this.#ended || madeMs <= this.#confirmedMs) return;
        this.#confirmedMs = madeMs;
        this.#expireLater();
      },
      (error: unknown) => {
        if (this.#ended || !isLonglineError(error) || !isEnd(error.code)) return;
        this.end();
        handleLost(error);
      },
    );
  }

  #expireLater(): void {
    const { clock, holdMs } = this.#options;
    this.#cancelExpiry?.();
    this.#cancelExpiry = clock.after(this.#confirmedMs + holdMs - clock.monotonicMs(), () => void this.check());
  }
}
