import type { AuditEntry, AuditWhat, KeptAuditEntry } from './AuditEntry.ts';
import type { CommandRecord, CommandState } from './CommandRecord.ts';

/** Which commands are meant; newest first. */
export interface CommandFilter {
  readonly device?: string | undefined;
  readonly state?: CommandState | undefined;
  /** The kind of the action, as the line has it: `publish`, `call`, `parameter.set`, ... */
  readonly kind?: string | undefined;
  readonly issuer?: string | undefined;
  /** Only those made before the command of this order. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Which entries of the audit are meant; newest first. */
export interface AuditFilter {
  readonly device?: string | undefined;
  readonly principal?: string | undefined;
  readonly what?: AuditWhat | undefined;
  /** Server wall times in milliseconds since 1970: from this one on, and before that one. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly before?: number | undefined;
  readonly limit: number;
}

/** What is kept at most; the oldest go first. */
export interface StoreBounds {
  readonly commandsSinceMs: number;
  readonly maxCommands: number;
  readonly auditSinceMs: number;
  readonly maxAudit: number;
}

/** How a store is doing. */
export interface StoreHealth {
  /** Why it cannot write now; undefined while it can. */
  readonly fault?: string | undefined;
  /** Rows that wait to be written, rows that were written, and rows that were given up because too many waited. */
  readonly waitingRows: number;
  readonly writtenRows: number;
  readonly lostRows: number;
}

/**
 * The history of commands, and the audit. What is put is found at once; a store with a disk writes it within 20 ms. A
 * disk that fails makes nothing here throw: the newest are kept in memory, and `health` says so.
 */
export interface CommandStore {
  /** The order of the next command: above every one before, also of earlier runs. */
  nextOrder(): number;
  /** Keeps a command as it is now, in place of what was kept of it before. */
  put(record: CommandRecord): void;
  find(device: string, id: string): CommandRecord | undefined;
  list(filter: CommandFilter): CommandRecord[];
  /** Commands of a device whose outcome is unknown and whose payload is kept, made since then, newest first. */
  unsettled(device: string, sinceMs: number, limit: number): CommandRecord[];
  /** The commands that an earlier run of the server left before they ended, oldest first. */
  leftOpen(): CommandRecord[];
  addAudit(entry: AuditEntry, timeMs: number): void;
  listAudit(filter: AuditFilter): KeptAuditEntry[];
  /** Forgets some of what is beyond the bounds; says true when there may be more. */
  sweep(bounds: StoreBounds): boolean;
  /** Commands kept, about. */
  readonly size: number;
  readonly health: StoreHealth;
  /** Writes what waits. Idempotent. */
  close(): void;
}
