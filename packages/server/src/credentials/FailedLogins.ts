import type { Clock, Disposer } from '@longline/ros';
import type { AuditSink } from '../motion/AuditSink.ts';

/** At most an entry so often, in milliseconds. */
const EVERY_MS = 10_000;

/** Writes into the audit that wrong credentials came: the first at once, then how many there were in each 10 s. */
export class FailedLogins {
  readonly #audit: AuditSink;
  readonly #clock: Clock;
  #count = 0;
  #last: { readonly address: string; readonly code: string; readonly device: string | undefined } | undefined;
  #cancel: Disposer | undefined;

  constructor(audit: AuditSink, clock: Clock) {
    this.#audit = audit;
    this.#clock = clock;
  }

  /** `device`: the robot that somebody wanted to be. */
  handleFailure(address: string, code: string, device?: string): void {
    this.#count++;
    this.#last = { address, code, device };
    if (this.#cancel === undefined) this.#tell();
  }

  /** Tells what was not told yet. Idempotent. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#record();
  }

  #tell(): void {
    this.#cancel = this.#record() ? this.#clock.after(EVERY_MS, () => this.#tell()) : undefined;
  }

  #record(): boolean {
    if (this.#last === undefined) return false;
    const { address, code, device } = this.#last;
    const details = { count: this.#count, address };
    // No token has this name.
    this.#audit.record({
      what: 'login.failed',
      principal: '?',
      code,
      details,
      ...(device === undefined ? {} : { device }),
    });
    this.#count = 0;
    this.#last = undefined;
    return true;
  }
}
