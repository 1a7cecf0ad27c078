import { DEFAULT_WAIT_MS } from './waitFor.ts';
import type { WaitOptions } from './waitFor.ts';

/** How many items an inbox holds before a test is told that it collects without end. */
const MAX_ITEMS = 1_000_000;

interface Waiter {
  readonly check: () => void;
}

/** Collects what a listener is told, in order, and lets a test wait for it without looking again and again. */
export class Inbox<T> {
  readonly #items: T[] = [];
  readonly #waiters = new Set<Waiter>();

  /** Everything that came, oldest first. */
  get items(): readonly T[] {
    return this.#items;
  }

  /** The newest item. */
  get last(): T | undefined {
    return this.#items.at(-1);
  }

  /** Bound to the inbox, so that it serves as a callback. */
  readonly add = (item: T): void => {
    if (this.#items.length >= MAX_ITEMS) throw new Error(`An Inbox holds at most ${MAX_ITEMS} items`);
    this.#items.push(item);
    for (const waiter of [...this.#waiters]) waiter.check();
  };

  clear(): void {
    this.#items.length = 0;
  }

  /** Resolves to the first item, among those that came and those to come, for which `where` holds. */
  async first(where: (item: T) => boolean = () => true, options: WaitOptions = {}): Promise<T> {
    const index = await this.#until(() => this.#items.findIndex(where), options);
    return this.#items[index]!;
  }

  /** Resolves to the first `count` items once that many came. */
  async take(count: number, options: WaitOptions = {}): Promise<T[]> {
    await this.#until(() => (this.#items.length >= count ? count : -1), options);
    return this.#items.slice(0, count);
  }

  async #until(find: () => number, options: WaitOptions): Promise<number> {
    const found = find();
    if (found >= 0) return found;
    const timeoutMs = options.timeoutMs ?? DEFAULT_WAIT_MS;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const waiter: Waiter = {
      check: () => {
        const index = find();
        if (index >= 0) resolve(index);
      },
    };
    const timer = setTimeout(() => {
      const what = options.what ?? 'What the inbox waits for';
      reject(new Error(`${what} did not come within ${timeoutMs} ms; ${this.#items.length} other items came`));
    }, timeoutMs);
    this.#waiters.add(waiter);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiters.delete(waiter);
    }
  }
}
