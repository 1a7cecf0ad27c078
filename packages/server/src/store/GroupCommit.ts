import type { Clock, Disposer } from '@longline/ros';

/** What a group commit is given. */
export interface GroupCommitOptions<Row> {
  readonly clock: Clock;
  /** Writes all rows or none. Throws when the disk does not take them. */
  readonly write: (rows: Iterable<Row>) => void;
  /** Told when writing begins to fail, with why, and when it works again. */
  readonly handleHealth?: ((fault: string | undefined) => void) | undefined;
  /** How much memory a row takes, about, in bytes. */
  readonly bytesOf: (row: Row) => number;
  /** Rows that wait while the disk fails, and their bytes; beyond it the oldest are given up. Default 50,000 and 64 MiB. */
  readonly maxWaitingRows?: number | undefined;
  readonly maxWaitingBytes?: number | undefined;
}

/** Rows wait for so long for others to be written with, in milliseconds, and no more than so many. */
const COMMIT_EVERY_MS = 20;
const COMMIT_ROWS = 1_000;
/** A disk that failed is tried again after so long, in milliseconds. */
const RETRY_AFTER_MS = 1_000;
const DEFAULT_MAX_WAITING_ROWS = 50_000;
const DEFAULT_MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** Gathers rows and writes them together; while that fails, keeps the newest and tries again. */
export class GroupCommit<Row> {
  readonly #options: GroupCommitOptions<Row>;
  readonly #maxWaitingRows: number;
  readonly #maxWaitingBytes: number;
  readonly #waiting = new Map<string, Row>();
  #cancel: Disposer | undefined;
  #fault: string | undefined;
  #bytes = 0;
  #written = 0;
  #lost = 0;

  constructor(options: GroupCommitOptions<Row>) {
    this.#options = options;
    this.#maxWaitingRows = options.maxWaitingRows ?? DEFAULT_MAX_WAITING_ROWS;
    this.#maxWaitingBytes = options.maxWaitingBytes ?? DEFAULT_MAX_WAITING_BYTES;
  }

  /** What was put and is not written yet, by key, oldest first. */
  get waiting(): ReadonlyMap<string, Row> {
    return this.#waiting;
  }

  get fault(): string | undefined {
    return this.#fault;
  }

  get writtenRows(): number {
    return this.#written;
  }

  get lostRows(): number {
    return this.#lost;
  }

  /** A row of a key that waits already takes its place. */
  put(key: string, row: Row): void {
    this.#take(key);
    this.#waiting.set(key, row);
    this.#bytes += this.#options.bytesOf(row);
    while (this.#waiting.size > this.#maxWaitingRows || this.#bytes > this.#maxWaitingBytes) {
      const [oldest] = this.#waiting.keys();
      if (oldest === undefined || !this.#take(oldest)) break;
      this.#lost++;
    }
    if (this.#fault === undefined && this.#waiting.size >= COMMIT_ROWS) this.flush();
    else this.#cancel ??= this.#options.clock.after(COMMIT_EVERY_MS, () => this.flush());
  }

  /** Writes what waits, now. Says whether nothing waits any more. */
  flush(): boolean {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#waiting.size === 0) {
      this.#tell(undefined);
      return true;
    }
    try {
      this.#options.write(this.#waiting.values());
    } catch (error) {
      this.handleFault(error);
      return false;
    }
    this.#written += this.#waiting.size;
    this.#waiting.clear();
    this.#bytes = 0;
    this.#tell(undefined);
    return true;
  }

  /** The disk failed, here or where it is read. */
  handleFault(error: unknown): void {
    this.#cancel?.();
    this.#cancel = this.#options.clock.after(RETRY_AFTER_MS, () => this.flush());
    this.#tell(error instanceof Error ? error.message : String(error));
  }

  /** Writes what waits, once, and no more. */
  close(): void {
    this.flush();
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #take(key: string): boolean {
    const row = this.#waiting.get(key);
    if (row === undefined) return false;
    this.#bytes -= this.#options.bytesOf(row);
    return this.#waiting.delete(key);
  }

  #tell(fault: string | undefined): void {
    if (fault === this.#fault) return;
    const before = this.#fault;
    this.#fault = fault;
    // Another reason for the same trouble is no news for a log.
    if (before === undefined || fault === undefined) this.#options.handleHealth?.(fault);
  }
}
