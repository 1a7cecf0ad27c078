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
    if (this.#buffer.length === 0) this.#buffer = new Uint8Array(1 + HISTORY_BYTES);
    const added = data.subarray(Math.max(0, data.length - HISTORY_BYTES));
    const kept = Math.min(this.#length, HISTORY_BYTES - added.length);
    this.#buffer.copyWithin(1, 1 + this.#length - kept, 1 + this.#length);
    this.#buffer.set(added, 1 + kept);
    this.#length = kept + added.length;
  }
}
