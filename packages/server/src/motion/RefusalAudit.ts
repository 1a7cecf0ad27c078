import { isLonglineError } from '@longline/ros';
import type { Clock } from '@longline/ros';
import type { Principal } from '../access/Principal.ts';
import type { AuditSink } from './AuditSink.ts';

/** The same refusal is kept once in so many milliseconds: an operator's program asks many times a second. */
const KEPT_EVERY_MS = 10_000;
/** Different refusals of one principal that are kept in that time: nobody may push out of the audit what else was done. */
const MAX_OF_ONE = 20;
/** Different refusals remembered, and principals. */
const MAX_REMEMBERED = 1_000;

/** What somebody wanted to do. */
export interface Wanted {
  readonly device: string;
  readonly principal: Principal;
  readonly token?: number | undefined;
  readonly target: string;
}

/** Keeps for the audit what was refused for want of rights or of the lease. */
export class RefusalAudit {
  readonly #sink: AuditSink;
  readonly #clock: Clock;
  /** When each was kept last, the oldest first. */
  readonly #kept = new Map<string, number>();
  /** How many of each principal were kept since when, by its ID, the oldest first. */
  readonly #counted = new Map<string, { readonly sinceMs: number; count: number }>();

  constructor(sink: AuditSink, clock: Clock) {
    this.#sink = sink;
    this.#clock = clock;
  }

  /** Does it. What it throws is kept and thrown on. */
  watch<Result>(wanted: Wanted, act: () => Result): Result {
    try {
      return act();
    } catch (error) {
      if (isLonglineError(error)) this.#keep(wanted, error.code);
      throw error;
    }
  }

  #keep({ device, principal, token = 0, target }: Wanted, code: string): void {
    const key = JSON.stringify([device, principal.name, token, target, code]);
    const nowMs = this.#clock.monotonicMs();
    const keptMs = this.#kept.get(key);
    if (keptMs !== undefined && nowMs - keptMs < KEPT_EVERY_MS) return;
    if (!this.#allows(principal, nowMs)) return;
    putLast(this.#kept, key, nowMs);
    this.#sink.record({ what: 'refused', device, principal: principal.name, target, outcome: 'rejected', code, token });
  }

  #allows({ id }: Principal, nowMs: number): boolean {
    const counted = this.#counted.get(id);
    if (counted === undefined || nowMs - counted.sinceMs >= KEPT_EVERY_MS) {
      putLast(this.#counted, id, { sinceMs: nowMs, count: 1 });
      return true;
    }
    return ++counted.count <= MAX_OF_ONE;
  }
}

/** Puts it behind all others; beyond the bound the first goes. */
function putLast<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MAX_REMEMBERED && oldest !== undefined) map.delete(oldest);
}
