import type { Clock, Disposer } from '@longline/ros';

/** What a {@link DefinitionPool} is given. */
export interface DefinitionPoolOptions<T> {
  readonly clock: Clock;
  /** Asks the robot for one definition. */
  readonly ask: (key: string, signal: AbortSignal) => Promise<T>;
  /** One that is wanted is known now, or is another than before. */
  readonly handleKnown: (key: string, value: T) => void;
  /** One that is wanted could not be had; it is asked for again in {@link RETRY_MS}. */
  readonly handleFailed: (key: string, error: unknown) => void;
}

/** Definitions asked for at a time: the robot may be behind a thin link. */
export const MAX_ASKED_AT_ONCE = 4;
/** What failed is asked for again after so long, in milliseconds. */
export const RETRY_MS = 30_000;

/** Definitions that are wanted: each is asked for once, a few at a time, and again after a failure. */
export class DefinitionPool<T> {
  readonly #options: DefinitionPoolOptions<T>;
  readonly #abort = new AbortController();
  #wanted: ReadonlySet<string> = new Set();
  readonly #known = new Map<string, T>();
  /** To be asked, in order. */
  readonly #queue = new Set<string>();
  readonly #failed = new Set<string>();
  #asked = 0;
  #cancelRetry: Disposer | undefined;

  constructor(options: DefinitionPoolOptions<T>) {
    this.#options = options;
  }

  get(key: string): T | undefined {
    return this.#known.get(key);
  }

  /** All that are wanted from now on; what is known of others is forgotten. */
  setWanted(keys: ReadonlySet<string>): void {
    for (const set of [this.#queue, this.#failed]) for (const key of set) if (!keys.has(key)) set.delete(key);
    for (const key of this.#known.keys()) if (!keys.has(key)) this.#known.delete(key);
    for (const key of keys) if (!this.#wanted.has(key)) this.#queue.add(key);
    this.#wanted = keys;
    this.#pump();
  }

  /** The robot may have others by now: all are asked for again, and those known stay until then. */
  refresh(): void {
    for (const key of this.#wanted) this.#queue.add(key);
    this.#pump();
  }

  /** Idempotent. */
  close(): void {
    this.#wanted = new Set();
    this.#queue.clear();
    this.#cancelRetry?.();
    this.#abort.abort(new Error('not wanted any more'));
  }

  #pump(): void {
    for (const key of this.#queue) {
      if (this.#asked >= MAX_ASKED_AT_ONCE) return;
      this.#queue.delete(key);
      this.#failed.delete(key);
      this.#asked++;
      void this.#ask(key);
    }
  }

  async #ask(key: string): Promise<void> {
    try {
      const value = await this.#options.ask(key, this.#abort.signal);
      if (!this.#wanted.has(key)) return;
      this.#known.set(key, value);
      this.#options.handleKnown(key, value);
    } catch (error) {
      if (this.#wanted.has(key)) this.#fail(key, error);
    } finally {
      this.#asked--;
      this.#pump();
    }
  }

  #fail(key: string, error: unknown): void {
    this.#failed.add(key);
    this.#cancelRetry ??= this.#options.clock.after(RETRY_MS, () => {
      this.#cancelRetry = undefined;
      for (const failed of this.#failed) this.#queue.add(failed);
      this.#pump();
    });
    this.#options.handleFailed(key, error);
  }
}
