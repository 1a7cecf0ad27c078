/** A first-in first-out queue with constant-time ends; memory is given back as it empties. */
export class Fifo<T> {
  /** Made when the first item comes: most queues of most lines stay empty. */
  #items: (T | undefined)[] | undefined;
  #head = 0;

  get length(): number {
    return this.#items === undefined ? 0 : this.#items.length - this.#head;
  }

  get first(): T | undefined {
    return this.#items?.[this.#head];
  }

  *[Symbol.iterator](): Generator<T, undefined> {
    for (let at = this.#head; at < (this.#items?.length ?? 0); at++) yield this.#items?.[at] as T;
  }

  push(item: T): void {
    (this.#items ??= []).push(item);
  }

  shift(): T | undefined {
    const items = this.#items;
    const item = items?.[this.#head];
    if (items === undefined || item === undefined) return undefined;
    items[this.#head++] = undefined;
    if (this.#head === items.length) {
      items.length = this.#head = 0;
    } else if (this.#head > 1024 && this.#head * 2 > items.length) {
      items.splice(0, this.#head);
      this.#head = 0;
    }
    return item;
  }
}
