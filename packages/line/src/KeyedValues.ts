/** Up to so many values are looked through one by one. */
const FEW = 8;

/**
 * Values that know their keys, in the order in which they came, as a Map has them. Few of them take a third of a Map's
 * memory, which counts where there are very many such collections.
 */
export class KeyedValues<Key, Value> {
  readonly #keyOf: (value: Value) => Key;
  /** As long as there are values: an array of exactly that length grows by being copied. */
  #values: readonly Value[] | Map<Key, Value> | undefined;

  constructor(keyOf: (value: Value) => Key) {
    this.#keyOf = keyOf;
  }

  get size(): number {
    const values = this.#values;
    if (values === undefined) return 0;
    return values instanceof Map ? values.size : values.length;
  }

  get(key: Key): Value | undefined {
    const values = this.#values;
    if (values === undefined) return undefined;
    if (values instanceof Map) return values.get(key);
    for (const value of values) if (this.#keyOf(value) === key) return value;
    return undefined;
  }

  /** Adds the value, in the place of one with that key where there is one. */
  set(value: Value): void {
    const values = this.#values ?? [];
    const key = this.#keyOf(value);
    if (values instanceof Map) {
      values.set(key, value);
      return;
    }
    const at = values.findIndex((other) => this.#keyOf(other) === key);
    if (at >= 0) this.#values = values.with(at, value);
    // What is spread into a literal leaves room for more behind it, which is what shall not be here.
    else if (values.length < FEW) this.#values = values.concat([value]);
    else this.#values = new Map([...values, value].map((each) => [this.#keyOf(each), each]));
  }

  delete(key: Key): void {
    const values = this.#values;
    if (values instanceof Map) values.delete(key);
    else this.#values = values?.filter((value) => this.#keyOf(value) !== key);
  }

  values(): Iterable<Value> {
    return this.#values?.values() ?? [];
  }
}
