import type { Message, SubscriptionListener, Subscription } from '@longline/ros';
import { NewestQueue } from './NewestQueue.ts';

/** Bounds and ends of a {@link MessageStream}. */
export interface MessageStreamOptions {
  /** Ends the loop. */
  readonly signal?: AbortSignal | undefined;
  /** At most this many messages a second of each channel, the newest kept. No limit by default. */
  readonly rateHz?: number | undefined;
  /** Messages that wait for a slow loop; beyond it the oldest go and are counted in `dropped`. Default 1,000. */
  readonly bufferMessages?: number | undefined;
}

/** Default of {@link MessageStreamOptions.bufferMessages}. */
export const DEFAULT_BUFFER_MESSAGES = 1_000;

/** Messages for a `for await` loop. Each loop is a subscription of its own, from its first step until it ends. */
export class MessageStream implements AsyncIterable<Message> {
  readonly #subscribe: (listener: SubscriptionListener) => Subscription;
  readonly #signals: readonly AbortSignal[];
  readonly #bufferMessages: number;
  #droppedBefore = 0;
  #queue: NewestQueue<Message> | undefined;

  constructor(
    subscribe: (listener: SubscriptionListener) => Subscription,
    signals: readonly AbortSignal[],
    bufferMessages: number,
  ) {
    this.#subscribe = subscribe;
    this.#signals = signals;
    this.#bufferMessages = bufferMessages;
  }

  /** Messages lost because this loop, or somebody on the way, was slow. */
  get dropped(): number {
    return this.#droppedBefore + (this.#queue?.dropped ?? 0);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Message, undefined> {
    this.#droppedBefore = this.dropped;
    const queue = new NewestQueue<Message>(this.#bufferMessages);
    this.#queue = queue;
    const end = (): void => queue.end();
    const subscription = this.#subscribe({
      handleMessage: (message) => queue.push(message),
      handleDropped: (count) => queue.countDropped(count),
    });
    for (const signal of this.#signals) signal.addEventListener('abort', end);
    try {
      if (this.#signals.some(({ aborted }) => aborted)) return undefined;
      for (;;) {
        // Taking what is there without a promise keeps a fast channel fast.
        const message = queue.shift() ?? (await queue.next());
        if (message === undefined || this.#signals.some(({ aborted }) => aborted)) return undefined;
        yield message;
      }
    } finally {
      for (const signal of this.#signals) signal.removeEventListener('abort', end);
      subscription.close();
    }
  }
}
