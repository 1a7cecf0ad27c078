import type { Message, Subscription } from '@longline/ros';
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

/** Takes what a {@link MessageStream} gives its loop. */
export interface StreamListener<T> {
  readonly handleMessage: (item: T) => void;
  readonly handleDropped: (count: number) => void;
}

/**
 * Messages, alone or with what goes with them, for a `for await` loop. Each loop is a subscription of its own, from its first
 * step until it ends.
 */
export class MessageStream<T = Message> implements AsyncIterable<T> {
  readonly #subscribe: (listener: StreamListener<T>) => Subscription;
  readonly #signals: readonly AbortSignal[];
  readonly #bufferMessages: number;
  #droppedBefore = 0;
  #queue: NewestQueue<T> | undefined;

  /** `subscribe` begins one loop's subscription; a signal that aborts ends every loop. */
  constructor(
    subscribe: (listener: StreamListener<T>) => Subscription,
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

  /** Begins a subscription; leaving the loop ends it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, undefined> {
    this.#droppedBefore = this.dropped;
    const queue = new NewestQueue<T>(this.#bufferMessages);
    this.#queue = queue;
    const end = (): void => queue.end();
    const subscription = this.#subscribe({
      handleMessage: (item) => queue.push(item),
      handleDropped: (count) => queue.countDropped(count),
    });
    for (const signal of this.#signals) signal.addEventListener('abort', end);
    try {
      if (this.#signals.some(({ aborted }) => aborted)) return undefined;
      for (;;) {
        // Taking what is there without a promise keeps a fast channel fast.
        const item = queue.shift() ?? (await queue.next());
        if (item === undefined || this.#signals.some(({ aborted }) => aborted)) return undefined;
        yield item;
      }
    } finally {
      for (const signal of this.#signals) signal.removeEventListener('abort', end);
      subscription.close();
    }
  }
}
