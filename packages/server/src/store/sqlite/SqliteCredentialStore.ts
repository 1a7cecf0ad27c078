import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type {
  CredentialStore,
  DeviceTokenRecord,
  JoinRecord,
  RobotKeyRecord,
  TokenRecord,
} from '../../credentials/CredentialStore.ts';
import { MemoryCredentialStore } from '../../credentials/MemoryCredentialStore.ts';
import { deviceTokenOfRow, deviceTokenValues } from './deviceTokenRow.ts';
import { joinOfRow, joinValues, keyOfRow, keyValues, tokenOfRow, tokenValues } from './credentialRows.ts';
import { credentialsUnusable } from './credentialsUnusable.ts';

/**
 * The credentials of a data directory. Reads come from memory, which is filled anew when another process has written; writes
 * are on the disk when they return.
 */
export class SqliteCredentialStore implements CredentialStore {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #dataVersion: StatementSync;
  #memory = new MemoryCredentialStore();
  #isLocked = false;
  #version = -1;
  #closed = false;

  /** `path` is the database's file, for what errors say. */
  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
    this.#dataVersion = database.prepare('PRAGMA data_version');
    this.#present();
  }

  get isLocked(): boolean {
    this.#present();
    return this.#isLocked;
  }

  findToken(hash: string): TokenRecord | undefined {
    return this.#present().findToken(hash);
  }

  tokens(): readonly TokenRecord[] {
    return this.#present().tokens();
  }

  putToken(token: TokenRecord): void {
    this.#write(() => {
      this.#run('INSERT OR REPLACE INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)', tokenValues(token));
      if (token.role === 'admin') this.#run('INSERT OR IGNORE INTO locked VALUES (1)', []);
    });
    this.#memory.putToken(token);
    this.#isLocked ||= token.role === 'admin';
  }

  forgetToken(id: string): void {
    this.#write(() => this.#run('DELETE FROM tokens WHERE id = ?', [id]));
    this.#memory.forgetToken(id);
  }

  robotKey(device: string): RobotKeyRecord | undefined {
    return this.#present().robotKey(device);
  }

  robotKeys(): readonly RobotKeyRecord[] {
    return this.#present().robotKeys();
  }

  putRobotKey(key: RobotKeyRecord): void {
    this.#write(() => this.#putKey(key));
    this.#memory.putRobotKey(key);
  }

  findJoin(hash: string): JoinRecord | undefined {
    return this.#present().findJoin(hash);
  }

  joins(): readonly JoinRecord[] {
    return this.#present().joins();
  }

  putJoin(join: JoinRecord): void {
    this.#write(() => this.#run('INSERT OR REPLACE INTO joins VALUES (?, ?, ?, ?, ?)', joinValues(join)));
    this.#memory.putJoin(join);
  }

  join(hash: string, key: RobotKeyRecord): boolean {
    this.#present();
    const isUsed = this.#write(() => {
      const changes = this.#run('UPDATE joins SET used_ms = ? WHERE hash = ? AND used_ms IS NULL', [
        key.joinedMs,
        hash,
      ]);
      if (changes === 1) this.#putKey(key);
      return changes === 1;
    });
    if (isUsed) this.#memory.join(hash, key);
    return isUsed;
  }

  deviceToken(device: string): DeviceTokenRecord | undefined {
    return this.#present().deviceToken(device);
  }

  deviceTokens(): readonly DeviceTokenRecord[] {
    return this.#present().deviceTokens();
  }

  putDeviceToken(token: DeviceTokenRecord): void {
    const values = deviceTokenValues(token);
    this.#write(() => this.#run('INSERT OR REPLACE INTO device_tokens VALUES (?, ?, ?, ?, ?, ?)', values));
    this.#memory.putDeviceToken(token);
  }

  /** Idempotent. */
  close(): void {
    if (!this.#closed) this.#database.close();
    this.#closed = true;
  }

  #putKey(key: RobotKeyRecord): void {
    this.#run('INSERT OR REPLACE INTO robot_keys VALUES (?, ?, ?, ?)', keyValues(key));
  }

  #run(sql: string, values: (string | number | null)[]): number {
    return Number(this.#database.prepare(sql).run(...values).changes);
  }

  /** What is in memory, read again where another process has written. */
  #present(): MemoryCredentialStore {
    try {
      const version = Number(this.#dataVersion.get()?.['data_version']);
      if (version !== this.#version) {
        this.#memory = this.#read();
        this.#version = version;
      }
      return this.#memory;
    } catch (error) {
      throw credentialsUnusable(this.#path, error);
    }
  }

  #read(): MemoryCredentialStore {
    const read = new MemoryCredentialStore();
    const rows = (table: string): unknown[] => this.#database.prepare(`SELECT * FROM ${table}`).all();
    const before = new Map(this.#memory.tokens().map((token) => [token.id, token]));
    for (const row of rows('tokens')) {
      const token = tokenOfRow(row);
      const known = before.get(token.id);
      // Whoever has the record may go on with it: principals are known by theirs.
      read.putToken(known !== undefined && JSON.stringify(known) === JSON.stringify(token) ? known : token);
    }
    for (const row of rows('robot_keys')) read.putRobotKey(keyOfRow(row));
    for (const row of rows('joins')) read.putJoin(joinOfRow(row));
    for (const row of rows('device_tokens')) read.putDeviceToken(deviceTokenOfRow(row));
    this.#isLocked = rows('locked').length > 0;
    return read;
  }

  #write<T>(change: () => T): T {
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      const result = change();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk has rolled back by itself.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw credentialsUnusable(this.#path, error);
    }
  }
}
