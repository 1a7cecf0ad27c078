import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '@longline/ros';
import { z } from 'zod';
import type { StopStore, WaitingStop } from '../../seams/StopStore.ts';
import { GroupCommit } from '../GroupCommit.ts';

/** A stop, or that there is none any more. */
interface Change {
  readonly id: string;
  readonly stop: WaitingStop | undefined;
}

const rowSchema = z.object({
  id: z.string(),
  device: z.string(),
  outputs: z
    .string()
    .nullable()
    .transform((outputs) => outputs ?? undefined),
  by: z.string(),
  since_ms: z.number(),
});

/**
 * The stops that wait for their robots, in the server's database. A stop must not wait for a disk, so it is written within
 * 20 ms; one that is confirmed by then is never written. Written ones survive a power cut.
 */
export class SqliteStopStore implements StopStore {
  readonly #database: DatabaseSync;
  readonly #commit: GroupCommit<Change>;
  #closed = false;

  constructor(database: DatabaseSync, clock: Clock, handleHealth?: (fault: string | undefined) => void) {
    this.#database = database;
    this.#commit = new GroupCommit({ clock, handleHealth, bytesOf: () => 0, write: (changes) => this.#write(changes) });
  }

  all(): Promise<readonly WaitingStop[]> {
    const rows = this.#database.prepare('SELECT * FROM waiting_stops').all();
    const stops = new Map(rows.map((row) => stopOf(row)).map((stop) => [stop.id, stop]));
    for (const { id, stop } of this.#commit.waiting.values()) {
      if (stop === undefined) stops.delete(id);
      else stops.set(id, stop);
    }
    return Promise.resolve([...stops.values()]);
  }

  put(stop: WaitingStop): Promise<void> {
    this.#commit.put(stop.id, { id: stop.id, stop });
    return Promise.resolve();
  }

  delete(id: string): Promise<void> {
    this.#commit.put(id, { id, stop: undefined });
    return Promise.resolve();
  }

  /** The database is closed by who opened it. */
  close(): Promise<void> {
    if (!this.#closed) this.#commit.close();
    this.#closed = true;
    return Promise.resolve();
  }

  #write(changes: Iterable<Change>): void {
    const put = this.#database.prepare('INSERT OR REPLACE INTO waiting_stops VALUES (?, ?, ?, ?, ?)');
    const remove = this.#database.prepare('DELETE FROM waiting_stops WHERE id = ?');
    this.#database.exec('PRAGMA synchronous = FULL; BEGIN');
    try {
      for (const { id, stop } of changes) {
        if (stop === undefined) remove.run(id);
        else put.run(id, stop.device, stop.outputs ?? null, stop.by, stop.sinceMs);
      }
      this.#database.exec('COMMIT');
    } catch (error) {
      // A full disk has rolled back by itself.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    } finally {
      this.#database.exec('PRAGMA synchronous = NORMAL');
    }
  }
}

function stopOf(row: unknown): WaitingStop {
  const { since_ms, ...stop } = rowSchema.parse(row);
  return { ...stop, sinceMs: since_ms };
}
