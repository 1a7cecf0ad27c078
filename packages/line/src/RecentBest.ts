/** The greatest of the values given within a time that moves along. */
export class RecentBest {
  /** Falling: only those that may still become the greatest. */
  readonly #values: { readonly value: number; readonly atMs: number }[] = [];
  #best = 0;

  /** The greatest value of late; the last one stays however old it is. 0 before the first. */
  get best(): number {
    return this.#best;
  }

  /** Takes a value in, and forgets those older than `memoryMs`. */
  handle(value: number, nowMs: number, memoryMs: number): void {
    const values = this.#values;
    while ((values.at(-1)?.value ?? Number.POSITIVE_INFINITY) <= value) values.pop();
    values.push({ value, atMs: nowMs });
    while (values.length > 1 && nowMs - (values[0]?.atMs ?? nowMs) > memoryMs) values.shift();
    this.#best = values[0]?.value ?? 0;
  }
}
