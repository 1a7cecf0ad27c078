import type { Disposer } from '@longline/ros';
import { NewestQueue } from '@longline/line';

/** Why motion was not executed. */
export interface Refusal {
  /** `STOP_LATCHED`, `LIMIT_BEYOND`, `NO_SUBSCRIBER`, `LEASE_LOST` ...; docs/errors.md has all. */
  readonly code: string;
  readonly message: string;
  /** When it was so, on the robot's wall clock, milliseconds since 1970; undefined where somebody before it refused. */
  readonly robotMs?: number | undefined;
}

/** Refusals that a slow reader of the stream keeps; beyond it the oldest go. */
const MAX_WAITING = 100;

/** Tells the refusals of a lease's motion, to callbacks and to `for await` loops, which end with the lease. */
export class Refusals implements AsyncIterable<Refusal> {
  readonly #listeners = new Set<(refusal: Refusal) => void>();
  readonly #queues = new Set<NewestQueue<Refusal>>();
  #last: Refusal | undefined;
  #ended = false;

  /** The newest; undefined when nothing has been refused. */
  get last(): Refusal | undefined {
    return this.#last;
  }

  /** Calls back at every refusal until the disposer is called. */
  listen(listener: (refusal: Refusal) => void): Disposer {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Every refusal from now on; ends with the lease. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Refusal, undefined> {
    if (this.#ended) return undefined;
    const queue = new NewestQueue<Refusal>(MAX_WAITING);
    this.#queues.add(queue);
    try {
      for (let next = await queue.next(); next !== undefined; next = await queue.next()) yield next;
    } finally {
      this.#queues.delete(queue);
    }
    return undefined;
  }

  /** @internal For the lease. */
  add(refusal: Refusal): void {
    if (this.#ended) return;
    this.#last = refusal;
    for (const queue of this.#queues) queue.push(refusal);
    for (const listener of [...this.#listeners]) listener(refusal);
  }

  /** @internal For the lease. */
  end(): void {
    this.#ended = true;
    for (const queue of this.#queues) queue.end();
    this.#listeners.clear();
  }
}
