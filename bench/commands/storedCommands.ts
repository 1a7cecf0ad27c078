import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** How many commands in a data directory have the whole of their lives, from accepted to done, with both clocks. */
export function storedCommands(dataDir: string): number {
  const database = new DatabaseSync(join(dataDir, 'longline.db'), { readOnly: true });
  try {
    const row = database
      .prepare(
        "SELECT count(*) AS n FROM commands WHERE state = 'done' AND sent_ms >= accepted_ms AND finished_ms >= sent_ms",
      )
      .get();
    return Number(row?.['n']);
  } finally {
    database.close();
  }
}
