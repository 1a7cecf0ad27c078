import type { AdvertisedChannel } from '@longline/line';
import type { Schema } from '@longline/ros';

/** Different descriptions remembered of one definition; beyond it the pool of that definition begins anew. */
const MAX_DESCRIPTIONS = 1_000;

/**
 * One object for each description of a channel, however many robots advertise it: the channels of equal robots differ in
 * nothing. What is remembered of a definition goes with it.
 */
export class DescriptionPool {
  readonly #bySchema = new WeakMap<Schema, Map<string, AdvertisedChannel>>();

  /** The description equal to this one that came first. Its definition must be the shared one (see `SchemaPool`). */
  shared(channel: AdvertisedChannel): AdvertisedChannel {
    const { id, topic, schema, encoding, latched, lane, delivery, demand = '' } = channel;
    let known = this.#bySchema.get(schema);
    if (known === undefined) this.#bySchema.set(schema, (known = new Map<string, AdvertisedChannel>()));
    const key = `${id} ${topic} ${encoding} ${latched} ${lane} ${delivery} ${demand}`;
    const first = known.get(key);
    if (first !== undefined) return first;
    if (known.size >= MAX_DESCRIPTIONS) known.clear();
    known.set(key, channel);
    return channel;
  }
}
