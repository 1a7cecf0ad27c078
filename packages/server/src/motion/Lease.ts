import type { LonglineError } from '@longline/ros';
import type { Principal } from '../access/Principal.ts';

/** What is fixed about a lease when the robot has confirmed it. */
export interface LeaseIdentity {
  readonly device: string;
  /** Fencing token: above every one before. */
  readonly token: number;
  readonly principal: Principal;
  /** Server wall time, milliseconds since 1970. */
  readonly sinceMs: number;
}

/** One holder's exclusive right to move a device (clause 5.9), from the robot's confirmation to its end. */
export class Lease {
  readonly identity: LeaseIdentity;
  /** When its holder's last word was made, and when the lease is over without another, by the server's monotonic clock. */
  wordMs: number;
  untilMs: number;
  readonly #lost = new AbortController();
  #sequence = 0;

  constructor(identity: LeaseIdentity, wordMs: number, untilMs: number) {
    this.identity = identity;
    this.wordMs = wordMs;
    this.untilMs = untilMs;
  }

  /** Aborts when the lease is over; the reason is a `LonglineError`, mostly `LEASE_LOST`. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /**
   * The number of the next word under this lease. The server counts for all that its holder says by whichever door, so that
   * two programs that share a token cannot shut each other out.
   */
  nextSequence(): number {
    return ++this.#sequence;
  }

  /** For {@link Leases} only. */
  end(reason: LonglineError): void {
    this.#lost.abort(reason);
  }
}
