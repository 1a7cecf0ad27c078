import type { Clock, Disposer } from '@longline/ros';

/** What comes within so long is told in one frame, in milliseconds. */
const COLLECT_MS = 20;
/** A frame of definitions ends when it has so many bytes. */
const MAX_BATCH_BYTES = 128 * 1024;
/** Entries of one frame. */
const MAX_BATCH = 500;

/** What an {@link Announcer} is given. */
export interface AnnouncerOptions<T> {
  readonly clock: Clock;
  /** Whether the reader takes more. */
  readonly hasRoom: () => boolean;
  readonly bytesOf: (item: T) => number;
  readonly announce: (items: readonly T[]) => void;
  readonly withdraw: (ids: readonly number[]) => void;
}

/** Tells a reader of what can be had with its definition, in frames of bounded size, the next when the last has left. */
export class Announcer<T extends { readonly id: number }> {
  readonly #options: AnnouncerOptions<T>;
  readonly #waiting = new Map<number, T>();
  #cancelTimer: Disposer | undefined;
  #isOpen = false;

  constructor(options: AnnouncerOptions<T>) {
    this.#options = options;
  }

  /** Nothing is told before. */
  open(): void {
    this.#isOpen = true;
    this.#flush();
  }

  add(item: T): void {
    this.#waiting.set(item.id, item);
    if (this.#isOpen) this.#cancelTimer ??= this.#options.clock.after(COLLECT_MS, () => this.#flush());
  }

  remove(id: number): void {
    if (!this.#waiting.delete(id)) this.#options.withdraw([id]);
  }

  /** Whether the reader was told. */
  knows(id: number): boolean {
    return !this.#waiting.has(id);
  }

  handleWritable(): void {
    if (this.#waiting.size > 0 && this.#isOpen && this.#cancelTimer === undefined) this.#flush();
  }

  /** Idempotent. */
  close(): void {
    this.#isOpen = false;
    this.#cancelTimer?.();
    this.#waiting.clear();
  }

  #flush(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    while (this.#waiting.size > 0 && this.#options.hasRoom()) {
      const batch: T[] = [];
      let bytes = 0;
      for (const [id, item] of this.#waiting) {
        this.#waiting.delete(id);
        batch.push(item);
        bytes += this.#options.bytesOf(item);
        if (bytes >= MAX_BATCH_BYTES || batch.length >= MAX_BATCH) break;
      }
      this.#options.announce(batch);
    }
  }
}
