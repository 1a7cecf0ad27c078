/** A stop that a robot has not confirmed yet. */
export interface WaitingStop {
  /** Names it in the store. */
  readonly id: string;
  readonly device: string;
  /** Which outputs, a pattern; all by default. */
  readonly outputs?: string | undefined;
  /** Who wants it. */
  readonly by: string;
  /** Server wall time, milliseconds since 1970. */
  readonly sinceMs: number;
}

/** The stops that wait for their robots, so that a restart of the server forgets none. */
export interface StopStore {
  /** Those that were put and not deleted, in any order. */
  all(): Promise<readonly WaitingStop[]>;
  /** In place of one of the same ID. */
  put(stop: WaitingStop): Promise<void>;
  /** Does nothing where there is none. */
  delete(id: string): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}
