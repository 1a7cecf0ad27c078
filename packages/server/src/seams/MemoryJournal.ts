import type { Journal, JournalBatch, JournalEntry } from './Journal.ts';

interface Spool {
  highWater: number;
  entries: JournalEntry[];
}

/** A journal that forgets with the process, and the oldest entries of a spool beyond a bound; for tests. */
export class MemoryJournal implements Journal {
  readonly #maxEntriesPerSpool: number;
  readonly #spools = new Map<string, Spool>();

  constructor(options: { readonly maxEntriesPerSpool?: number } = {}) {
    this.#maxEntriesPerSpool = options.maxEntriesPerSpool ?? 10_000;
  }

  append(batch: JournalBatch): Promise<number> {
    const key = keyOf(batch.device, batch.spool);
    const spool = this.#spools.get(key) ?? { highWater: -1, entries: [] };
    this.#spools.set(key, spool);
    for (const entry of batch.entries) {
      if (entry.sequence <= spool.highWater) continue;
      spool.entries.push({ ...entry, record: entry.record.slice() });
      spool.highWater = entry.sequence;
    }
    spool.entries.splice(0, spool.entries.length - this.#maxEntriesPerSpool);
    return Promise.resolve(spool.highWater);
  }

  highWater(device: string, spool: string): Promise<number> {
    return Promise.resolve(this.#spools.get(keyOf(device, spool))?.highWater ?? -1);
  }

  read(device: string, spool: string, after: number, limit: number): Promise<readonly JournalEntry[]> {
    const entries = this.#spools.get(keyOf(device, spool))?.entries ?? [];
    return Promise.resolve(entries.filter((entry) => entry.sequence > after).slice(0, limit));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Device IDs have no slash. */
const keyOf = (device: string, spool: string): string => `${device}/${spool}`;
