/** Counts bytes against a bound, and against a wider budget's bound where there is one. */
export class ByteBudget {
  readonly #maxBytes: number;
  readonly #parent: ByteBudget | undefined;
  #usedBytes = 0;

  constructor(maxBytes: number, parent?: ByteBudget) {
    this.#maxBytes = maxBytes;
    this.#parent = parent;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Takes the bytes, or takes none and says false. */
  take(bytes: number): boolean {
    if (this.#usedBytes + bytes > this.#maxBytes) return false;
    if (this.#parent?.take(bytes) === false) return false;
    this.#usedBytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#usedBytes -= bytes;
    this.#parent?.give(bytes);
  }
}
