/** How the database of credentials came to its present shape: as {@link migrations}, in a file of its own. */
export const credentialMigrations: readonly string[] = [
  `
  CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    scope TEXT NOT NULL,
    created_ms REAL NOT NULL,
    created_by TEXT NOT NULL,
    expires_ms REAL,
    revoked_ms REAL
  ) STRICT;
  CREATE TABLE robot_keys (
    device TEXT PRIMARY KEY,
    public_key TEXT NOT NULL,
    joined_ms REAL NOT NULL,
    revoked_ms REAL
  ) STRICT;
  CREATE TABLE joins (
    device TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    created_by TEXT NOT NULL,
    expires_ms REAL NOT NULL,
    used_ms REAL
  ) STRICT;
  -- One row from the first token of an administrator on, whatever becomes of that token.
  CREATE TABLE locked (one INTEGER PRIMARY KEY CHECK (one = 1)) STRICT;
  `,
  `
  CREATE TABLE device_tokens (
    device TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    unguarded INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    created_ms REAL NOT NULL,
    revoked_ms REAL
  ) STRICT;
  `,
];
