import type { Clock } from '@longline/ros';
import { ServerError } from '../errors.ts';
import { newSecret, secretHash } from './secretHash.ts';

/** A ticket opens one WebSocket for so long, in milliseconds. */
export const TICKET_MS = 30_000;
/** Tickets of one principal that were not used; with one more it has to wait. */
const MAX_PER_PRINCIPAL = 1_000;
/** Of all principals; the oldest goes first. */
const MAX_TICKETS = 100_000;

interface Issued {
  readonly principalId: string;
  readonly untilMs: number;
}

/** Short-lived permissions to open one WebSocket each, for browsers, which cannot send a header with it. */
export class Tickets {
  readonly #clock: Clock;
  /** By hash, in the order they run out. */
  readonly #issued = new Map<string, Issued>();
  readonly #counts = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Tickets that were not used, 100,000 at most. */
  get size(): number {
    return this.#issued.size;
  }

  /** A ticket for the principal of this ID, good once and for 30 s. Throws `TOO_MANY_REQUESTS`. */
  issue(principalId: string): string {
    const nowMs = this.#clock.monotonicMs();
    for (const [hash, { untilMs }] of this.#issued) {
      if (untilMs > nowMs && this.#issued.size < MAX_TICKETS) break;
      this.#remove(hash);
    }
    const count = this.#counts.get(principalId) ?? 0;
    if (count >= MAX_PER_PRINCIPAL) {
      throw new ServerError(
        'TOO_MANY_REQUESTS',
        `${MAX_PER_PRINCIPAL} tickets of this token wait to be used. Use them, or wait until they run out after 30 s.`,
      );
    }
    const ticket = newSecret('lt_');
    this.#issued.set(secretHash(ticket), { principalId, untilMs: nowMs + TICKET_MS });
    this.#counts.set(principalId, count + 1);
    return ticket;
  }

  /** Uses a ticket: the ID of its principal, or undefined where it was used before, ran out, or never was one. */
  use(ticket: string): string | undefined {
    const issued = this.#remove(secretHash(ticket));
    return issued !== undefined && this.#clock.monotonicMs() < issued.untilMs ? issued.principalId : undefined;
  }

  #remove(hash: string): Issued | undefined {
    const issued = this.#issued.get(hash);
    if (issued === undefined) return undefined;
    this.#issued.delete(hash);
    const count = (this.#counts.get(issued.principalId) ?? 1) - 1;
    if (count === 0) this.#counts.delete(issued.principalId);
    else this.#counts.set(issued.principalId, count);
    return issued;
  }
}
