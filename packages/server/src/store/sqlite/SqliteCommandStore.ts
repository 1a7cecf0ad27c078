import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Clock } from '@longline/ros';
import type { AuditEntry, KeptAuditEntry } from '../AuditEntry.ts';
import { auditEntryFor } from '../auditEntryFor.ts';
import type { CommandRecord } from '../CommandRecord.ts';
import type { AuditFilter, CommandFilter, CommandStore, StoreBounds, StoreHealth } from '../CommandStore.ts';
import { GroupCommit } from '../GroupCommit.ts';
import { matchesAudit, matchesCommand } from '../matchesFilter.ts';
import { auditColumns, auditOfRow, auditValues } from './auditRow.ts';
import { commandColumns, commandOfRow, commandValues } from './commandRow.ts';

type Row =
  | { readonly kind: 'command'; readonly record: CommandRecord }
  | { readonly kind: 'audit'; readonly entry: KeptAuditEntry };

/** Commands left open that are looked at when a server starts. */
const MAX_LEFT_OPEN = 100_000;
/** Rows that are forgotten at once: others wait for it. */
const SWEPT_AT_ONCE = 2_000;

/** The history in one SQLite database, written in groups. */
export class SqliteCommandStore implements CommandStore {
  readonly #database: DatabaseSync;
  readonly #commit: GroupCommit<Row>;
  readonly #putCommand: StatementSync;
  readonly #putAudit: StatementSync;
  readonly #find: StatementSync;
  readonly #queries = new Map<string, StatementSync>();
  #order: number;
  #auditOrder: number;
  #size: number;
  #closed = false;

  constructor(database: DatabaseSync, clock: Clock, handleHealth?: (fault: string | undefined) => void) {
    this.#database = database;
    this.#commit = new GroupCommit({ clock, handleHealth, bytesOf, write: (rows) => this.#write(rows) });
    this.#putCommand = database.prepare(insert('commands', commandColumns));
    this.#putAudit = database.prepare(insert('audit', auditColumns));
    this.#find = database.prepare('SELECT * FROM commands WHERE device = ? AND id = ?');
    const number = (sql: string): number => Number(database.prepare(sql).get()?.['n'] ?? 0);
    this.#order = number('SELECT max(seq) AS n FROM commands');
    this.#auditOrder = number('SELECT max(seq) AS n FROM audit');
    // The oldest go first, so the rest is without gaps.
    this.#size = this.#order - number('SELECT min(seq) - 1 AS n FROM commands');
  }

  get size(): number {
    return this.#size;
  }

  get health(): StoreHealth {
    const { fault, waiting, writtenRows, lostRows } = this.#commit;
    return { ...(fault === undefined ? {} : { fault }), waitingRows: waiting.size, writtenRows, lostRows };
  }

  nextOrder(): number {
    this.#size++;
    return ++this.#order;
  }

  put(record: CommandRecord): void {
    this.#commit.put(keyOf(record.device, record.id), { kind: 'command', record });
  }

  find(device: string, id: string): CommandRecord | undefined {
    const waiting = this.#commit.waiting.get(keyOf(device, id));
    if (waiting?.kind === 'command') return waiting.record;
    return this.#read(() => this.#find.all(device, id), commandOfRow)[0];
  }

  list(filter: CommandFilter): CommandRecord[] {
    const { device, state, kind, issuer, before } = filter;
    const conditions = [
      is('device = ?', device),
      is('state = ?', state),
      is('kind = ?', kind),
      is('issuer = ?', issuer),
      is('seq < ?', before),
    ];
    return this.#newest('commands', conditions, filter.limit, commandOfRow, (row) =>
      row.kind === 'command' && matchesCommand(row.record, filter) ? row.record : undefined,
    );
  }

  unsettled(device: string, sinceMs: number, limit: number): CommandRecord[] {
    const conditions = [
      is('device = ?', device),
      is('finished_ms IS NULL AND state = ?', 'unknown'),
      is('payload IS NOT NULL AND accepted_ms >= ?', sinceMs),
    ];
    return this.#newest('commands', conditions, limit, commandOfRow, (row) => {
      if (row.kind !== 'command') return undefined;
      const { state, payload, times } = row.record;
      const isMeant = row.record.device === device && state === 'unknown' && payload !== undefined;
      return isMeant && times.acceptedMs >= sinceMs ? row.record : undefined;
    });
  }

  leftOpen(): CommandRecord[] {
    const conditions = [is("finished_ms IS NULL AND state IN ('accepted', 'sent', 'received')", [])];
    return this.#newest('commands', conditions, MAX_LEFT_OPEN, commandOfRow, () => undefined).reverse();
  }

  addAudit(entry: AuditEntry, timeMs: number): void {
    const order = ++this.#auditOrder;
    this.#commit.put(String(order), { kind: 'audit', entry: { ...auditEntryFor(entry), order, timeMs } });
  }

  listAudit(filter: AuditFilter): KeptAuditEntry[] {
    const { device, principal, what, fromMs, toMs, before } = filter;
    const conditions = [
      is('device = ?', device),
      is('principal = ?', principal),
      is('what = ?', what),
      is('time_ms >= ?', fromMs),
      is('time_ms < ?', toMs),
      is('seq < ?', before),
    ];
    return this.#newest('audit', conditions, filter.limit, auditOfRow, (row) =>
      row.kind === 'audit' && matchesAudit(row.entry, filter) ? row.entry : undefined,
    );
  }

  sweep({ commandsSinceMs, maxCommands, auditSinceMs, maxAudit }: StoreBounds): boolean {
    const commands = this.#sweepTable('commands', 'accepted_ms', commandsSinceMs, this.#order - maxCommands);
    const audit = this.#sweepTable('audit', 'time_ms', auditSinceMs, this.#auditOrder - maxAudit);
    this.#size -= commands;
    return commands + audit > 0;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#commit.close();
    this.#database.close();
  }

  #write(rows: Iterable<Row>): void {
    this.#database.exec('BEGIN');
    try {
      for (const row of rows) {
        if (row.kind === 'command') this.#putCommand.run(...commandValues(row.record));
        else this.#putAudit.run(...auditValues(row.entry));
      }
      this.#database.exec('COMMIT');
    } catch (error) {
      // A full disk has rolled back by itself.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Newest first. Where the disk takes nothing, what waits for it is looked through too. */
  #newest<T extends { readonly order: number }>(
    table: 'commands' | 'audit',
    conditions: readonly (Condition | undefined)[],
    limit: number,
    parse: (row: unknown) => T,
    pick: (row: Row) => T | undefined,
  ): T[] {
    const kind = table === 'audit' ? 'audit' : 'command';
    const isFlushed = this.#commit.flush();
    const waiting = isFlushed ? [] : [...this.#commit.waiting.values()].filter((row) => row.kind === kind);
    const wanted = conditions.filter((condition) => condition !== undefined);
    const where = wanted.map(({ sql }) => sql).join(' AND ') || 'TRUE';
    const query = this.#query(`SELECT * FROM ${table} WHERE ${where} ORDER BY seq DESC LIMIT ?`);
    const values = wanted.flatMap(({ values }) => values);
    const stored = this.#read(() => query.all(...values, limit), parse);
    if (waiting.length === 0) return stored;
    const newer = waiting.map(pick).filter((item) => item !== undefined);
    // What waits is newer than what is stored of the same, whether or not it is asked for.
    const orders = new Set(waiting.map((row) => (row.kind === 'audit' ? row.entry.order : row.record.order)));
    return [...newer, ...stored.filter(({ order }) => !orders.has(order))]
      .sort((a, b) => b.order - a.order)
      .slice(0, limit);
  }

  #query(sql: string): StatementSync {
    const known = this.#queries.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#queries.set(sql, statement);
    return statement;
  }

  /** A disk that cannot be read costs the history, not the commands under way. */
  #read<T>(read: () => readonly unknown[], parse: (row: unknown) => T): T[] {
    try {
      return read().map(parse);
    } catch (error) {
      this.#commit.handleFault(error);
      return [];
    }
  }

  #sweepTable(table: 'commands' | 'audit', timeColumn: string, sinceMs: number, belowOrder: number): number {
    if (!this.#commit.flush()) return 0;
    try {
      const young = this.#query(
        `SELECT min(seq) AS n FROM (SELECT seq FROM ${table} WHERE ${timeColumn} >= ? ORDER BY seq LIMIT 1)`,
      );
      const first = young.get(sinceMs)?.['n'];
      const cut = Math.max(
        first === null || first === undefined ? Number.MAX_SAFE_INTEGER : Number(first) - 1,
        belowOrder,
      );
      const remove = this.#query(
        `DELETE FROM ${table} WHERE seq IN (SELECT seq FROM ${table} WHERE seq <= ? ORDER BY seq LIMIT ${SWEPT_AT_ONCE})`,
      );
      return Number(remove.run(cut).changes);
    } catch (error) {
      this.#commit.handleFault(error);
      return 0;
    }
  }
}

/** Besides the large parts of a row, in bytes. */
const ROW_BYTES = 512;

const bytesOf = (row: Row): number =>
  row.kind === 'audit'
    ? ROW_BYTES
    : ROW_BYTES +
      (row.record.payload?.length ?? 0) +
      (row.record.result?.length ?? 0) +
      (row.record.message?.length ?? 0);

interface Condition {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

/** Undefined where it is not asked for. */
function is(sql: string, value: SQLInputValue | undefined | readonly SQLInputValue[]): Condition | undefined {
  if (value === undefined) return undefined;
  return { sql, values: isList(value) ? value : [value] };
}

const isList = (value: SQLInputValue | readonly SQLInputValue[]): value is readonly SQLInputValue[] =>
  Array.isArray(value);

const insert = (table: string, columns: readonly string[]): string =>
  `INSERT OR REPLACE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;

/** Device IDs have no slash; the keys of audit entries have none either. */
const keyOf = (device: string, id: string): string => `${device}/${id}`;
