/** One message's place behind those that came before it on its topic. */
export interface TopicTurn {
  /** Resolves when those before it were published, or will not be. */
  readonly come: Promise<void>;
  /** The next one may. Idempotent. */
  end(): void;
}

/** Keeps the order in which messages came, per topic: what comes before publishing takes each of them another time. */
export class TopicTurns {
  readonly #last = new Map<string, Promise<void>>();

  /** Topics whose messages wait. */
  get size(): number {
    return this.#last.size;
  }

  /** To be called in the order in which the messages came; each turn is to be ended, however its message fares. */
  take(topic: string): TopicTurn {
    const come = this.#last.get(topic) ?? Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const over = come.then(() => promise);
    this.#last.set(topic, over);
    return {
      come,
      end: () => {
        resolve(undefined);
        if (this.#last.get(topic) === over) this.#last.delete(topic);
      },
    };
  }
}
