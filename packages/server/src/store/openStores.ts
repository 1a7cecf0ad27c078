import type { Clock } from '@longline/ros';
import type { Logger } from 'pino';
import { MemoryStopStore } from '../seams/MemoryStopStore.ts';
import type { StopStore } from '../seams/StopStore.ts';
import type { CommandStore } from './CommandStore.ts';
import { MemoryCommandStore } from './MemoryCommandStore.ts';
import type { MemoryStoreLimits } from './MemoryCommandStore.ts';
import { openDatabase } from './sqlite/openDatabase.ts';
import { SqliteCommandStore } from './sqlite/SqliteCommandStore.ts';
import { SqliteStopStore } from './sqlite/SqliteStopStore.ts';

/** Where a server keeps what must survive it. */
export interface StoresOptions {
  /** Undefined: in memory. */
  readonly directory: string | undefined;
  readonly limits: MemoryStoreLimits;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a server keeps. Close the stops first, then the history. */
export interface Stores {
  readonly history: CommandStore;
  readonly stops: StopStore;
}

/** The stores of a data directory, or those in memory. Rejects with `STORE_UNUSABLE`. */
export async function openStores({ directory, limits, clock, log }: StoresOptions): Promise<Stores> {
  if (directory === undefined) {
    return { history: new MemoryCommandStore(limits), stops: new MemoryStopStore() };
  }
  const database = await openDatabase(directory);
  const tell = (what: string) => (fault: string | undefined) => {
    if (fault === undefined) log.info({ directory }, `${what} can be written again`);
    else log.error({ directory, fault }, `${what} cannot be written: kept in memory, and tried again every second`);
  };
  return {
    history: new SqliteCommandStore(database, clock, tell('the history of commands')),
    stops: new SqliteStopStore(database, clock, tell('stops that wait for their robots')),
  };
}
