import type { Clock, Disposer } from '@longline/ros';
import { AgentError } from '../errors.ts';

/** Longest that a lease lasts without its holder's word, in milliseconds, whatever is asked for. */
export const MAX_LEASE_MS = 60_000;

/** Who may move the robot: the highest token seen, and until when its lease holds. */
export class MotionLease {
  readonly #clock: Clock;
  readonly #handleEnd: (reason: string) => void;
  #highestToken = 0;
  #heldUntilMs: number | undefined;
  #cancelEnd: Disposer | undefined;
  /** Counts what ends leases, also those that are being taken. */
  #endings = 0;

  constructor(options: { readonly clock: Clock; readonly handleEnd: (reason: string) => void }) {
    this.#clock = options.clock;
    this.#handleEnd = options.handleEnd;
  }

  get highestToken(): number {
    return this.#highestToken;
  }

  get isHeld(): boolean {
    return this.#heldUntilMs !== undefined && this.#clock.monotonicMs() < this.#heldUntilMs;
  }

  /** Of an earlier run. */
  restore(highestToken: number): void {
    this.#highestToken = Math.max(this.#highestToken, highestToken);
  }

  /**
   * A higher token comes: from now on nothing of a lower one counts, and the lease that was held is over. Returns what begins
   * the new one. Throws `LEASE_STALE`, `COMMAND_EXPIRED`.
   */
  raise(token: number, heldUntilMs: number): () => void {
    if (!Number.isSafeInteger(token) || token <= this.#highestToken) throw this.#stale(token);
    this.#checkHold(heldUntilMs);
    this.#highestToken = token;
    this.end('a newer lease took its place');
    const endings = this.#endings;
    return () => {
      if (token !== this.#highestToken) throw this.#stale(token);
      if (endings !== this.#endings) throw lost(token, 'it ended while it was being taken');
      this.#checkHold(heldUntilMs);
      this.#hold(heldUntilMs);
    };
  }

  /** Throws `LEASE_LOST`, `COMMAND_EXPIRED`. */
  renew(token: number, heldUntilMs: number): void {
    if (token !== this.#highestToken || !this.isHeld) throw lost(token, 'it is over');
    this.#checkHold(heldUntilMs);
    // Renewals may overtake each other: none shortens it.
    this.#hold(Math.max(heldUntilMs, this.#heldUntilMs ?? 0));
  }

  /** Ends it, if it is held or being taken. */
  end(reason: string): void {
    this.#endings += 1;
    this.#cancelEnd?.();
    this.#cancelEnd = undefined;
    if (this.#heldUntilMs === undefined) return;
    this.#heldUntilMs = undefined;
    this.#handleEnd(reason);
  }

  /** Throws `LEASE_NEEDED`, `LEASE_STALE`, `LEASE_LOST`. */
  check(token: number): void {
    if (token === 0) {
      throw new AgentError(
        'LEASE_NEEDED',
        'This moves the robot, which needs its lease. Take the lease and send its token.',
      );
    }
    if (token < this.#highestToken) throw this.#stale(token);
    if (token !== this.#highestToken || !this.isHeld) throw lost(token, 'the robot holds none of it');
  }

  #hold(heldUntilMs: number): void {
    this.#cancelEnd?.();
    const nowMs = this.#clock.monotonicMs();
    this.#heldUntilMs = Math.min(heldUntilMs, nowMs + MAX_LEASE_MS);
    this.#cancelEnd = this.#clock.after(this.#heldUntilMs - nowMs, () => this.end('its holder did not renew it'));
  }

  #checkHold(heldUntilMs: number): void {
    if (heldUntilMs > this.#clock.monotonicMs()) return;
    throw new AgentError('COMMAND_EXPIRED', 'The lease had run out before it reached the robot. Take it for longer.');
  }

  #stale(token: number): AgentError {
    const highestToken = this.#highestToken;
    return new AgentError(
      'LEASE_STALE',
      `Lease token ${token} is no longer good; this robot has seen ${highestToken}. Take the lease again.`,
      { details: { token, highestToken } },
    );
  }
}

const lost = (token: number, why: string): AgentError =>
  new AgentError('LEASE_LOST', `The lease of token ${token} is not held: ${why}. Take the lease again.`, {
    details: { token },
  });
