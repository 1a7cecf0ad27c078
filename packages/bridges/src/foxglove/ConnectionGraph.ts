import type { GraphUpdate } from './FoxgloveOp.ts';

/** Most names of topics and of services kept. */
const MAX_NAMES = 10_000;

/** Which nodes publish, subscribe and provide, by what the server tells: everything first, then what changes. */
export class ConnectionGraph {
  readonly #publishers = new Map<string, readonly string[]>();
  readonly #subscribers = new Map<string, readonly string[]>();
  readonly #providers = new Map<string, readonly string[]>();
  #isFullNext = true;
  #isKnown = false;

  /** Whether the server told anything at all. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** The server was asked anew: the next word is everything again. */
  expectAll(): void {
    this.#isFullNext = true;
  }

  handleUpdate(update: GraphUpdate): void {
    // What takes something away is a change that was under way when everything was asked for.
    if (this.#isFullNext && update.removedTopics.length + update.removedServices.length === 0) {
      this.#isFullNext = false;
      for (const map of [this.#publishers, this.#subscribers, this.#providers]) map.clear();
    }
    this.#isKnown = true;
    for (const { name, publisherIds } of update.publishedTopics) keep(this.#publishers, name, publisherIds);
    for (const { name, subscriberIds } of update.subscribedTopics) keep(this.#subscribers, name, subscriberIds);
    for (const { name, providerIds } of update.advertisedServices) keep(this.#providers, name, providerIds);
    for (const topic of update.removedTopics) {
      this.#publishers.delete(topic);
      this.#subscribers.delete(topic);
    }
    for (const service of update.removedServices) this.#providers.delete(service);
  }

  publishers(topic: string): readonly string[] {
    return this.#publishers.get(topic) ?? [];
  }

  subscribers(topic: string): readonly string[] {
    return this.#subscribers.get(topic) ?? [];
  }

  providers(service: string): readonly string[] {
    return this.#providers.get(service) ?? [];
  }

  /** Topics that have a node. */
  *topics(): Iterable<string> {
    for (const map of [this.#publishers, this.#subscribers])
      for (const [topic, nodes] of map) if (nodes.length > 0) yield topic;
  }
}

function keep(map: Map<string, readonly string[]>, name: string, nodes: readonly string[]): void {
  if (map.size < MAX_NAMES || map.has(name)) map.set(name, nodes);
}
