import type { Schema } from '@longline/ros';

/** Counts the bytes of the different definitions that one device's channels hold. */
export class HeldDefinitions {
  readonly #holders = new Map<Schema, number>();
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** Each of them once. */
  get schemas(): readonly Schema[] {
    return [...this.#holders.keys()];
  }

  hold(schema: Schema): void {
    const holders = this.#holders.get(schema) ?? 0;
    if (holders === 0) this.#bytes += schema.text.length;
    this.#holders.set(schema, holders + 1);
  }

  release(schema: Schema): void {
    const holders = this.#holders.get(schema) ?? 0;
    if (holders > 1) {
      this.#holders.set(schema, holders - 1);
    } else if (this.#holders.delete(schema)) {
      this.#bytes -= schema.text.length;
    }
  }
}
