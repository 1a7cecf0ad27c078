/** Bytes of messages told whole that the next ones may point into. */
export const HISTORY_BYTES = 8 * 1024;

/** The newest bytes of messages that travelled whole, the same on both sides: zstd's dictionary for the next ones. */
export class RawHistory {
  /** Begins with a zero, so that no message makes zstd take it for a trained dictionary with headers of its own. */
  #buffer = new Uint8Array(0);
  #length = 0;

  /** The dictionary; undefined while there is nothing to point into. */
  get dictionary(): Uint8Array | undefined {
    return this.#length === 0 ? undefined : this.#buffer.subarray(0, 1 + this.#length);
  }

  append(data: Uint8Array): void {
    const added = data.subarray(Math.max(0, data.length - HISTORY_BYTES));
    this.#reserve(Math.min(HISTORY_BYTES, this.#length + added.length));
    const kept = Math.min(this.#length, HISTORY_BYTES - added.length);
    this.#buffer.copyWithin(1, 1 + this.#length - kept, 1 + this.#length);
    this.#buffer.set(added, 1 + kept);
    this.#length = kept + added.length;
  }

  /** A server has one for each robot, and most robots say little. */
  #reserve(bytes: number): void {
    if (1 + bytes <= this.#buffer.length) return;
    const grown = new Uint8Array(1 + Math.min(HISTORY_BYTES, Math.max(bytes, 2 * this.#length)));
    grown.set(this.#buffer);
    this.#buffer = grown;
  }
}
