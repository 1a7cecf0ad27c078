import type { Clock } from '@longline/ros';
import type { AuditEntry, KeptAuditEntry } from './AuditEntry.ts';
import type { AuditFilter, CommandStore } from './CommandStore.ts';

/** Who commanded which robot to do what, when, and what happened. */
export class Audit {
  readonly #store: CommandStore;
  readonly #clock: Clock;

  constructor(store: CommandStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Keeps an entry under the present time. Costs no wait and never throws. */
  record(entry: AuditEntry): void {
    this.#store.addAudit(entry, Number(this.#clock.wallNs() / 1_000_000n));
  }

  /** Newest first. */
  list(filter: AuditFilter): KeptAuditEntry[] {
    return this.#store.listAudit(filter);
  }

  /** All that match, newest first, read page by page as they are taken. */
  *entries({
    limit,
    ...filter
  }: Omit<AuditFilter, 'limit'> & { readonly limit?: number | undefined }): Generator<KeptAuditEntry, undefined> {
    let left = limit ?? Number.POSITIVE_INFINITY;
    let { before } = filter;
    while (left > 0) {
      const page = this.list({ ...filter, before, limit: Math.min(PAGE_ROWS, left) });
      yield* page;
      left -= page.length;
      before = page.at(-1)?.order;
      if (page.length < PAGE_ROWS) return;
    }
  }
}

/** Entries read at once. */
const PAGE_ROWS = 1_000;
