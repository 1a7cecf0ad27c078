/** Bytes of all latched messages that an agent keeps for servers that come later. */
export const MAX_LATCHED_BYTES = 32 * 1024 * 1024;

/** The memory that the latched messages of all topics share. */
export class LatchedBytes {
  readonly #maxBytes: number;
  #usedBytes = 0;

  constructor(maxBytes = MAX_LATCHED_BYTES) {
    this.#maxBytes = maxBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** False, and nothing taken, where it would be too much. */
  take(bytes: number): boolean {
    if (this.#usedBytes + bytes > this.#maxBytes) return false;
    this.#usedBytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#usedBytes -= bytes;
  }
}
