import type { Clock } from '@longline/ros';
import type { Logger } from 'pino';
import type { CommandStore } from './CommandStore.ts';
import { MemoryCommandStore } from './MemoryCommandStore.ts';
import type { MemoryStoreLimits } from './MemoryCommandStore.ts';
import { openDatabase } from './sqlite/openDatabase.ts';
import { SqliteCommandStore } from './sqlite/SqliteCommandStore.ts';

/** Where a server keeps its history. */
export interface CommandStoreOptions {
  /** Undefined: in memory. */
  readonly directory: string | undefined;
  readonly limits: MemoryStoreLimits;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The store of a data directory, or one in memory. Rejects with `STORE_UNUSABLE`. */
export async function openCommandStore({ directory, limits, clock, log }: CommandStoreOptions): Promise<CommandStore> {
  if (directory === undefined) {
    log.info('the history of commands ends with this process; --data DIR keeps it');
    return new MemoryCommandStore(limits);
  }
  return new SqliteCommandStore(await openDatabase(directory), clock, (fault) => {
    if (fault === undefined) log.info({ directory }, 'the history of commands is written again');
    else {
      log.error(
        { directory, fault },
        'the history of commands cannot be written; the newest is kept in memory and tried again every second',
      );
    }
  });
}
