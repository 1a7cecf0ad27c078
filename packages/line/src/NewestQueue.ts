/**
 * A bounded queue between a producer that never waits and one consumer that may be slow: when it is full the oldest
 * item goes and is counted. A ring buffer, so that neither side allocates per item.
 */
export class NewestQueue<T> {
  readonly #items: (T | undefined)[] = [];
  readonly #capacity: number;
  #first = 0;
  #length = 0;
  #dropped = 0;
  #ended = false;
  #wake: (() => void) | undefined;

  /** `capacity` is at least 1; storage grows with what really waits. */
  constructor(capacity: number) {
    this.#capacity = Math.max(1, Math.floor(capacity));
  }

  get length(): number {
    return this.#length;
  }

  /** Items that went because the consumer was slow, and those told by {@link countDropped}. */
  get dropped(): number {
    return this.#dropped;
  }

  countDropped(count: number): void {
    this.#dropped += count;
  }

  push(item: T): void {
    if (this.#ended) return;
    if (this.#length === this.#capacity) {
      this.#dropped++;
      this.#items[this.#first] = item;
      this.#first = (this.#first + 1) % this.#capacity;
    } else {
      this.#items[(this.#first + this.#length) % this.#capacity] = item;
      this.#length++;
    }
    if (this.#wake !== undefined) this.#wakeUp();
  }

  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#items[this.#first];
    this.#items[this.#first] = undefined;
    this.#first = (this.#first + 1) % this.#capacity;
    this.#length--;
    return item;
  }

  /** No more items come; those that wait are still taken. */
  end(): void {
    this.#ended = true;
    this.#wakeUp();
  }

  /** Resolves to the next item, or to undefined once the queue has ended and is empty. For one consumer. */
  async next(): Promise<T | undefined> {
    while (this.#length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.shift();
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
