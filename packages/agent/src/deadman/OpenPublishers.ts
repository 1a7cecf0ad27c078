import { sameType } from '@longline/ros';
import type { Publisher, RosGraph } from '@longline/ros';

interface Entry {
  readonly type: string;
  readonly opening: Promise<Publisher>;
  publisher: Publisher | undefined;
}

/** Publishers that stay open, so that a stop finds its subscribers connected. As many as there are outputs and stop topics. */
export class OpenPublishers {
  readonly #graph: RosGraph;
  readonly #entries = new Map<string, Entry>();

  constructor(graph: RosGraph) {
    this.#graph = graph;
  }

  /** The publisher of a topic that is open already. */
  ready(topic: string, type: string): Publisher | undefined {
    const entry = this.#entries.get(topic);
    return entry !== undefined && sameType(entry.type, type) ? entry.publisher : undefined;
  }

  /** Opens it, or waits for who does. Rejects with what `advertise` does; the next call tries again. */
  async open(topic: string, type: string): Promise<Publisher> {
    let entry = this.#entries.get(topic);
    if (entry !== undefined && !sameType(entry.type, type)) {
      this.#close(topic, entry);
      entry = undefined;
    }
    entry ??= this.#open(topic, type);
    return entry.opening;
  }

  close(): void {
    for (const [topic, entry] of [...this.#entries]) this.#close(topic, entry);
  }

  /** Nobody's deadline or signal ends it: others wait for the same. */
  #open(topic: string, type: string): Entry {
    const opening = this.#graph.advertise({ topic, type });
    const entry: Entry = { type, opening, publisher: undefined };
    this.#entries.set(topic, entry);
    opening.then(
      (publisher) => {
        if (this.#entries.get(topic) === entry) entry.publisher = publisher;
        else publisher.close();
      },
      () => {
        if (this.#entries.get(topic) === entry) this.#entries.delete(topic);
      },
    );
    return entry;
  }

  #close(topic: string, entry: Entry): void {
    this.#entries.delete(topic);
    entry.publisher?.close();
  }
}
