/** An item whose place in a {@link RankedSlots} is kept on it. */
export interface Ranked {
  /** The lowest comes first, among equal ones that with the lowest tie. Both are changed by {@link RankedSlots.put} only. */
  rank: number;
  tie: number;
  /** Where it is, -1 while it is not in. */
  place: number;
}

/** A binary heap whose items can change their rank and be taken out: each in logarithmic time. */
export class RankedSlots<T extends Ranked> {
  readonly #items: T[] = [];

  get first(): T | undefined {
    return this.#items[0];
  }

  /** Puts an item in, or moves it to its new rank. */
  put(item: T, rank: number, tie = 0): void {
    item.rank = rank;
    item.tie = tie;
    if (item.place < 0) item.place = this.#items.push(item) - 1;
    this.#rise(item);
    this.#sink(item);
  }

  remove(item: T): void {
    if (item.place < 0) return;
    const last = this.#items.pop();
    const place = item.place;
    item.place = -1;
    if (last === undefined || last === item) return;
    this.#set(place, last);
    this.#rise(last);
    this.#sink(last);
  }

  clear(): void {
    for (const item of this.#items) item.place = -1;
    this.#items.length = 0;
  }

  #rise(item: T): void {
    while (item.place > 0) {
      const parentPlace = (item.place - 1) >> 1;
      const parent = this.#items[parentPlace];
      if (parent === undefined || !isBefore(item, parent)) return;
      this.#set(item.place, parent);
      this.#set(parentPlace, item);
    }
  }

  #sink(item: T): void {
    for (;;) {
      const left = this.#items[2 * item.place + 1];
      const right = this.#items[2 * item.place + 2];
      const child = right !== undefined && left !== undefined && isBefore(right, left) ? right : left;
      if (child === undefined || !isBefore(child, item)) return;
      const childPlace = child.place;
      this.#set(item.place, child);
      this.#set(childPlace, item);
    }
  }

  #set(place: number, item: T): void {
    this.#items[place] = item;
    item.place = place;
  }
}

const isBefore = (a: Ranked, b: Ranked): boolean => a.rank < b.rank || (a.rank === b.rank && a.tie < b.tie);
