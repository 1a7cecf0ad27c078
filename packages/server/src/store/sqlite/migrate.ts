import type { DatabaseSync } from 'node:sqlite';

/** Brings a database to its present shape, from `user_version` on. Throws where a newer Longline has written it. */
export function migrate(database: DatabaseSync, migrations: readonly string[]): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
    if (version > migrations.length) {
      throw new Error(`it has version ${version}, this Longline knows up to ${migrations.length}; update Longline`);
    }
    for (const migration of migrations.slice(version)) database.exec(migration);
    database.exec(`PRAGMA user_version = ${migrations.length}; COMMIT;`);
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
