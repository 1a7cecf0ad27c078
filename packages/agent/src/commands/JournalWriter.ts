import type { Clock, Log } from '@longline/ros';
import type { JournalStore } from './JournalStore.ts';

/** A line waits for the disk at most so long, in milliseconds. */
export const DISK_MS = 1_000;
/** After a failure the disk is tried again so much later, in milliseconds. */
export const RETRY_MS = 1_000;

/** Whether the disk takes the journal. */
export type JournalState = { readonly state: 'kept' } | { readonly state: 'unwritable'; readonly reason: string };

interface WaitingLine {
  readonly text: string;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Writes lines to a store, those of one turn of the process at once, and says when it does not take them. */
export class JournalWriter {
  readonly #store: JournalStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #maxCharacters: number;
  readonly #readAll: () => string;
  #waiting: WaitingLine[] = [];
  #writing: Promise<void> | undefined;
  /** A write has taken longer than it may, and has not ended yet. */
  #isHanging = false;
  #state: JournalState = { state: 'kept' };
  #retryMs = 0;
  #storedCharacters = 0;
  /** Something is missing in the store, or its end is half a line: the next write is of all. */
  #isPatchy = false;

  constructor(options: {
    readonly store: JournalStore;
    readonly clock: Clock;
    readonly log: Log;
    /** Beyond so many characters the store is written anew. */
    readonly maxCharacters: number;
    /** All that is to be in the store, the lines under way included. */
    readonly readAll: () => string;
  }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#maxCharacters = options.maxCharacters;
    this.#readAll = options.readAll;
  }

  get state(): JournalState {
    return this.#state;
  }

  /** What is there; nothing where it cannot be read. Never rejects. */
  async read(): Promise<string> {
    try {
      const text = await this.#store.read();
      this.#storedCharacters = text.length;
      this.#isPatchy = text !== '' && !text.endsWith('\n');
      return text;
    } catch (error) {
      this.#fail(error);
      return '';
    }
  }

  /** Resolves when the line is written. Rejects where that fails or takes longer than {@link DISK_MS}; at once soon after that. */
  append(text: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    if (this.#state.state === 'unwritable' && (this.#isHanging || this.#clock.monotonicMs() < this.#retryMs)) {
      this.#isPatchy = true;
      reject(new Error(this.#state.reason));
    } else {
      this.#waiting.push({ text, resolve: () => resolve(undefined), reject });
      this.#writing ??= this.#writeAll();
    }
    return promise;
  }

  /** Waits for what is being written, at most {@link DISK_MS}. */
  async close(): Promise<void> {
    if (this.#isHanging) return;
    await this.#writing;
    await this.#store.close().catch((error: unknown) => void this.#fail(error));
  }

  async #writeAll(): Promise<void> {
    // What else this turn brings goes along.
    await Promise.resolve();
    for (let batch = this.#takeWaiting(); batch.length > 0; batch = this.#takeWaiting()) {
      const cancel = this.#clock.after(DISK_MS, () => {
        this.#isHanging = true;
        const error = this.#fail(new Error(`the disk has not answered for ${DISK_MS} ms`));
        for (const { reject } of [...batch, ...this.#takeWaiting()]) reject(error);
      });
      try {
        await this.#write(batch.map(({ text }) => text).join(''));
        this.#recover();
        for (const { resolve } of batch) resolve();
      } catch (thrown) {
        const error = this.#fail(thrown);
        for (const { reject } of batch) reject(error);
      } finally {
        cancel();
        this.#isHanging = false;
      }
    }
    this.#writing = undefined;
  }

  #takeWaiting(): WaitingLine[] {
    const batch = this.#waiting;
    this.#waiting = [];
    return batch;
  }

  async #write(text: string): Promise<void> {
    if (!this.#isPatchy && this.#storedCharacters + text.length <= this.#maxCharacters) {
      await this.#store.append(text);
      this.#storedCharacters += text.length;
      return;
    }
    const all = this.#readAll();
    this.#isPatchy = false;
    await this.#store.replace(all);
    this.#storedCharacters = all.length;
  }

  #fail(thrown: unknown): Error {
    const error = thrown instanceof Error ? thrown : new Error('the disk failed');
    this.#isPatchy = true;
    this.#retryMs = this.#clock.monotonicMs() + RETRY_MS;
    if (this.#state.state === 'kept') {
      this.#log.warn(
        { err: error },
        'executed commands cannot be noted on the disk; of those that move the robot none is taken meanwhile',
      );
    }
    this.#state = { state: 'unwritable', reason: error.message };
    return error;
  }

  #recover(): void {
    if (this.#state.state === 'kept') return;
    this.#state = { state: 'kept' };
    this.#log.info({}, 'executed commands are noted on the disk again');
  }
}
