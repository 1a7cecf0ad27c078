/** A stored message as it came from a robot's spool. */
export interface JournalEntry {
  /** Counts up within its spool; never used twice. Gaps are messages that the robot itself gave up. */
  readonly sequence: number;
  readonly topic: string;
  /** The message record as it travelled. */
  readonly record: Uint8Array;
}

/** Messages of one spool, in order of their sequences. */
export interface JournalBatch {
  readonly device: string;
  readonly spool: string;
  readonly entries: readonly JournalEntry[];
}

/** The durable record into which stored messages go before they are acknowledged. */
export interface Journal {
  /**
   * Stores what it does not have yet and resolves, once that is durable, to the high-water mark: every entry of this
   * device and spool up to and including that sequence is stored, once. Only it may be acknowledged. Rejects when
   * nothing was stored.
   */
  append(batch: JournalBatch): Promise<number>;
  /** The high-water mark of a spool; -1 before its first entry. */
  highWater(device: string, spool: string): Promise<number>;
  /** The entries of one spool above a sequence, oldest first, at most `limit`. */
  read(device: string, spool: string, after: number, limit: number): Promise<readonly JournalEntry[]>;
  /** Idempotent. */
  close(): Promise<void>;
}
