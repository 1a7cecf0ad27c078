import { RateBudget } from './RateBudget.ts';

/** Nobody owes more than this, in milliseconds: what came in one burst does not silence a line for long. */
const MAX_DEBT_MS = 2_000;

/** What one device, or the readers of one token, may send: so many records and bytes a second, on all connections together. */
export class IntakeBudget {
  readonly #records: RateBudget;
  readonly #bytes: RateBudget;

  constructor(limits: { readonly recordsPerSecond: number; readonly bytesPerSecond: number }) {
    this.#records = new RateBudget(limits.recordsPerSecond);
    this.#bytes = new RateBudget(limits.bytesPerSecond);
  }

  /** Something came. Gives for how many milliseconds nothing more is to be read, 0 mostly, {@link MAX_DEBT_MS} at most. */
  charge(records: number, bytes: number, nowMs: number): number {
    return Math.min(MAX_DEBT_MS, Math.max(this.#records.charge(records, nowMs), this.#bytes.charge(bytes, nowMs)));
  }
}
