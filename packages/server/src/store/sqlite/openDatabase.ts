import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { ServerError } from '../../errors.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations.ts';

/** The database's file in the data directory. */
const FILE_NAME = 'longline.db';
/** So long an older server may take to let go of the file, in milliseconds. */
const BUSY_TIMEOUT_MS = 2_000;

/** Opens the database of a data directory, which is made where it is missing, in its present shape. Rejects with `STORE_UNUSABLE`. */
export async function openDatabase(directory: string): Promise<DatabaseSync> {
  const path = join(directory, FILE_NAME);
  let database: DatabaseSync | undefined;
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const { DatabaseSync } = await import('node:sqlite');
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    // One server to a directory: two would both believe that they alone give out the orders.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    database.exec('PRAGMA journal_size_limit = 16777216; BEGIN IMMEDIATE; COMMIT;');
    migrate(database, migrations);
    return database;
  } catch (error) {
    database?.close();
    throw unusable(path, error);
  }
}

function unusable(path: string, error: unknown): ServerError {
  const why = error instanceof Error ? error.message : String(error);
  const help = why.includes('locked')
    ? 'Another server uses it: stop that one, or give this one a directory of its own.'
    : 'Give the server a directory that it may write, with free space. A file that is damaged can be moved away: the ' +
      'history in it is then missing, and everything else works.';
  return new ServerError('STORE_UNUSABLE', `The server cannot keep its history in ${path}: ${why}. ${help}`, {
    cause: error,
    details: { path },
  });
}
