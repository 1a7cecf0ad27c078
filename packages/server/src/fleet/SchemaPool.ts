import { schemaHash } from '@longline/ros';
import type { Schema } from '@longline/ros';

/**
 * One object for each definition, however many robots send it: a fleet of equal robots keeps each text once. Nothing is
 * kept that nobody else holds.
 */
export class SchemaPool {
  readonly #byHash = new Map<string, WeakRef<Schema>>();
  readonly #collected = new FinalizationRegistry<string>((hash) => {
    if (this.#byHash.get(hash)?.deref() === undefined) this.#byHash.delete(hash);
  });

  /** Definitions known now; for tests and metrics. */
  get size(): number {
    return this.#byHash.size;
  }

  /** The definition equal to this one that came first. With the hash that somebody claims it has, it is found faster. */
  shared(schema: Schema, claimedHash?: string): Schema {
    const claimed = claimedHash === undefined ? undefined : this.#byHash.get(claimedHash)?.deref();
    if (claimed !== undefined && isEqual(claimed, schema)) return claimed;
    const hash = schemaHash(schema);
    const known = this.#byHash.get(hash)?.deref();
    if (known !== undefined) return known;
    this.#byHash.set(hash, new WeakRef(schema));
    this.#collected.register(schema, hash);
    return schema;
  }
}

const isEqual = (a: Schema, b: Schema): boolean =>
  a === b || (a.name === b.name && a.encoding === b.encoding && a.text === b.text);
