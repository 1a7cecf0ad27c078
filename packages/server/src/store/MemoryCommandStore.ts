import type { AuditEntry, KeptAuditEntry } from './AuditEntry.ts';
import { auditEntryFor } from './auditEntryFor.ts';
import type { CommandRecord } from './CommandRecord.ts';
import type { AuditFilter, CommandFilter, CommandStore, StoreBounds, StoreHealth } from './CommandStore.ts';
import { matchesAudit, matchesCommand } from './matchesFilter.ts';

/** What a store in memory keeps at most. */
export interface MemoryStoreLimits {
  /** Commands of one device and of all; the oldest that have ended are forgotten first. */
  readonly maxCommandsPerDevice: number;
  readonly maxCommands: number;
  /** Entries of the audit. Default 10,000. */
  readonly maxAudit?: number | undefined;
}

const DEFAULT_MAX_AUDIT = 10_000;

/** The history of a server without a disk: it ends with the process. */
export class MemoryCommandStore implements CommandStore {
  readonly #limits: MemoryStoreLimits;
  /** In the order of making, all devices; the keys are device and ID. */
  readonly #all = new Map<string, CommandRecord>();
  readonly #byDevice = new Map<string, Map<string, CommandRecord>>();
  readonly #audit = new Map<number, KeptAuditEntry>();
  #order = 0;
  #auditOrder = 0;

  constructor(limits: MemoryStoreLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#all.size;
  }

  get health(): StoreHealth {
    return { waitingRows: 0, writtenRows: 0, lostRows: 0 };
  }

  nextOrder(): number {
    return ++this.#order;
  }

  put(record: CommandRecord): void {
    const { device, id } = record;
    const commands = this.#byDevice.get(device) ?? new Map<string, CommandRecord>();
    this.#byDevice.set(device, commands.set(id, record));
    this.#all.set(keyOf(device, id), record);
    this.#makeRoom(commands, this.#limits.maxCommandsPerDevice);
    this.#makeRoom(this.#all, this.#limits.maxCommands);
  }

  find(device: string, id: string): CommandRecord | undefined {
    return this.#byDevice.get(device)?.get(id);
  }

  list(filter: CommandFilter): CommandRecord[] {
    const commands = filter.device === undefined ? this.#all : this.#byDevice.get(filter.device);
    return newest(commands?.values() ?? [], (record) => matchesCommand(record, filter), filter.limit);
  }

  unsettled(device: string, sinceMs: number, limit: number): CommandRecord[] {
    const isUnsettled = ({ state, payload, times }: CommandRecord): boolean =>
      state === 'unknown' && payload !== undefined && times.acceptedMs >= sinceMs;
    return newest(this.#byDevice.get(device)?.values() ?? [], isUnsettled, limit);
  }

  leftOpen(): CommandRecord[] {
    return [];
  }

  addAudit(entry: AuditEntry, timeMs: number): void {
    const order = ++this.#auditOrder;
    this.#audit.set(order, { ...auditEntryFor(entry), order, timeMs });
    if (this.#audit.size > (this.#limits.maxAudit ?? DEFAULT_MAX_AUDIT)) this.#forgetOldestAudit();
  }

  listAudit(filter: AuditFilter): KeptAuditEntry[] {
    return newest(this.#audit.values(), (entry) => matchesAudit(entry, filter), filter.limit);
  }

  sweep({ commandsSinceMs, maxCommands, auditSinceMs, maxAudit }: StoreBounds): boolean {
    for (const record of this.#all.values()) {
      if (this.#all.size <= maxCommands && record.times.acceptedMs >= commandsSinceMs) break;
      this.#forget(record);
    }
    for (const { timeMs } of this.#audit.values()) {
      if (this.#audit.size <= maxAudit && timeMs >= auditSinceMs) break;
      this.#forgetOldestAudit();
    }
    return false;
  }

  close(): void {
    // What is in memory ends with the process.
  }

  #makeRoom(commands: ReadonlyMap<string, CommandRecord>, max: number): void {
    while (commands.size > max) {
      const oldest = commands.values().find(hasEnded);
      // How many have not ended has its own bound.
      if (oldest === undefined) return;
      this.#forget(oldest);
    }
  }

  #forget({ device, id }: CommandRecord): void {
    const commands = this.#byDevice.get(device);
    commands?.delete(id);
    if (commands?.size === 0) this.#byDevice.delete(device);
    this.#all.delete(keyOf(device, id));
  }

  #forgetOldestAudit(): void {
    const [oldest] = this.#audit.keys();
    if (oldest !== undefined) this.#audit.delete(oldest);
  }
}

const hasEnded = ({ state }: CommandRecord): boolean =>
  state !== 'accepted' && state !== 'sent' && state !== 'received';

/** Device IDs have no slash. */
const keyOf = (device: string, id: string): string => `${device}/${id}`;

/** Of what is kept oldest first. */
function newest<T>(kept: Iterable<T>, matches: (item: T) => boolean, limit: number): T[] {
  return [...kept].filter(matches).slice(-limit).reverse();
}
