import { isLonglineError } from '@longline/ros';
import type { Clock } from '@longline/ros';
import type { Principal } from '../access/Principal.ts';
import type { AuditSink } from './AuditSink.ts';

/** The same refusal is kept once in so many milliseconds: an operator's program asks many times a second. */
const KEPT_EVERY_MS = 10_000;
/** Different refusals remembered. */
const MAX_REMEMBERED = 1_000;

/** What somebody wanted to do. */
export interface Wanted {
  readonly device: string;
  readonly principal: Principal;
  readonly token?: number | undefined;
  readonly target: string;
}

/** Keeps for the audit what was refused for want of the lease. */
export class RefusalAudit {
  readonly #sink: AuditSink;
  readonly #clock: Clock;
  /** When each was kept last, the oldest first. */
  readonly #kept = new Map<string, number>();

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
    this.#kept.delete(key);
    this.#kept.set(key, nowMs);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_REMEMBERED && oldest !== undefined) this.#kept.delete(oldest);
    this.#sink.record({ what: 'refused', device, principal: principal.name, target, outcome: 'rejected', code, token });
  }
}
