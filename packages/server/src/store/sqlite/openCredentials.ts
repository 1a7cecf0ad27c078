import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { ServerError } from '../../errors.ts';
import { credentialMigrations } from './credentialMigrations.ts';
import { credentialsUnusable } from './credentialsUnusable.ts';
import { migrate } from './migrate.ts';
import { SqliteCredentialStore } from './SqliteCredentialStore.ts';

const FILE_NAME = 'credentials.db';
/** So long another process may write, in milliseconds. */
const BUSY_TIMEOUT_MS = 2_000;

/**
 * Opens the credentials of a data directory; both are made where they are missing, for this user alone. Rejects with
 * `STORE_UNUSABLE`.
 *
 * They have a file of their own because a server has the other to itself for as long as it runs, and whoever lost the last
 * token of an administrator needs `longline init` beside it; and so that a damaged history can be moved away without
 * unlocking the server.
 */
export async function openCredentials(directory: string): Promise<SqliteCredentialStore> {
  const path = join(directory, FILE_NAME);
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    // SQLite would make it readable to all; its further files have the mode of this one.
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
    const { DatabaseSync } = await import('node:sqlite');
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;');
    migrate(database, credentialMigrations);
    return new SqliteCredentialStore(database, path);
  } catch (error) {
    database?.close();
    throw error instanceof ServerError ? error : credentialsUnusable(path, error);
  }
}
