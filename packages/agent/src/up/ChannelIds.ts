/** What stays of a topic's channel for the whole boot: its ID on the line and its count of messages. */
export interface ChannelIdentity {
  readonly id: number;
  /** Sequence of the next message. Unsigned 32 bits, wraps. */
  nextSequence: number;
}

/**
 * Gives each topic a channel ID that it keeps while the agent runs. IDs are never given to another topic; of more than
 * `max` topics the one that was opened longest ago is forgotten and would come back under a new ID.
 */
export class ChannelIds {
  readonly #max: number;
  readonly #known = new Map<string, ChannelIdentity>();
  #nextId = 1;

  constructor(max: number) {
    this.#max = max;
  }

  of(topic: string): ChannelIdentity {
    const identity = this.#known.get(topic) ?? { id: this.#nextId++, nextSequence: 0 };
    this.#known.delete(topic);
    this.#known.set(topic, identity);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= this.#max) break;
      this.#known.delete(oldest);
    }
    return identity;
  }
}
