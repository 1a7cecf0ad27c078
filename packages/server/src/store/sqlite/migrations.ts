/**
 * How the database came to its present shape: entry n brings version n to n + 1 (`user_version`). Entries that were
 * released are never changed.
 *
 * A command is one row, whatever becomes of it: each transition fills the columns of its own.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE commands (
    seq INTEGER PRIMARY KEY,
    device TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    issuer TEXT NOT NULL,
    action TEXT NOT NULL,
    payload BLOB,
    fingerprint TEXT NOT NULL,
    deadline_ms REAL NOT NULL,
    token INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    boot TEXT,
    state TEXT NOT NULL,
    code TEXT,
    message TEXT,
    encoding TEXT,
    result BLOB,
    accepted_ms REAL NOT NULL,
    sent_ms REAL,
    received_ms REAL,
    received_robot_ms REAL,
    unknown_ms REAL,
    finished_ms REAL,
    finished_robot_ms REAL,
    UNIQUE (device, id)
  ) STRICT;
  CREATE INDEX commands_by_device ON commands (device, seq);
  CREATE INDEX commands_not_finished ON commands (device, seq) WHERE finished_ms IS NULL;
  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    time_ms REAL NOT NULL,
    what TEXT NOT NULL,
    principal TEXT NOT NULL,
    device TEXT,
    target TEXT,
    outcome TEXT,
    code TEXT,
    token INTEGER,
    details TEXT
  ) STRICT;
  CREATE INDEX audit_by_time ON audit (time_ms);
  CREATE INDEX audit_by_device ON audit (device, seq);
  CREATE TABLE waiting_stops (
    id TEXT PRIMARY KEY,
    device TEXT NOT NULL,
    outputs TEXT,
    by TEXT NOT NULL,
    since_ms REAL NOT NULL
  ) STRICT;
  `,
];
