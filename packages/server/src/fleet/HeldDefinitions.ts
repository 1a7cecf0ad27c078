import { KeyedValues } from '@longline/line';
import type { Schema } from '@longline/ros';

interface Held {
  readonly schema: Schema;
  holders: number;
}

const schemaOf = ({ schema }: Held): Schema => schema;

/** Counts the bytes of the different definitions that one device's channels hold. */
export class HeldDefinitions {
  readonly #held = new KeyedValues<Schema, Held>(schemaOf);
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** Each of them once. */
  get schemas(): readonly Schema[] {
    return Array.from(this.#held.values(), schemaOf);
  }

  hold(schema: Schema): void {
    const held = this.#held.get(schema);
    if (held !== undefined) {
      held.holders++;
      return;
    }
    this.#bytes += schema.text.length;
    this.#held.set({ schema, holders: 1 });
  }

  release(schema: Schema): void {
    const held = this.#held.get(schema);
    if (held === undefined || --held.holders > 0) return;
    this.#held.delete(schema);
    this.#bytes -= schema.text.length;
  }
}
