import { Fifo } from '@longline/line';
import type { Disposer, Message } from '@longline/ros';

/** Messages kept for a consumer that does not take them, by default. */
export const DEFAULT_BUFFER_MESSAGES = 1_000;

/**
 * Messages for one consumer that takes them in its own time: `for await`. Bounded; when it is full the oldest message
 * goes, and is counted in {@link dropped}. Ends with the signal, or when the loop is left.
 */
export class MessageStream implements AsyncIterableIterator<Message, undefined> {
  readonly #bufferMessages: number;
  readonly #queue = new Fifo<Message>();
  #waiting: ((result: IteratorResult<Message, undefined>) => void) | undefined;
  #stop: Disposer = () => undefined;
  #ended = false;
  #dropped = 0;

  constructor(
    options: { readonly bufferMessages?: number | undefined; readonly signal?: AbortSignal | undefined } = {},
  ) {
    this.#bufferMessages = Math.max(1, options.bufferMessages ?? DEFAULT_BUFFER_MESSAGES);
    const { signal } = options;
    if (signal?.aborted === true) this.#ended = true;
    const end = (): void => this.end();
    signal?.addEventListener('abort', end, { once: true });
    this.#stop = () => signal?.removeEventListener('abort', end);
  }

  /** Messages that did not reach the consumer: dropped here because it was slow, or on the way here. */
  get dropped(): number {
    return this.#dropped;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Called once when the stream ends; at once when it has. */
  onEnd(stop: Disposer): void {
    if (this.#ended) {
      stop();
      return;
    }
    const before = this.#stop;
    this.#stop = () => {
      before();
      stop();
    };
  }

  handleMessage(message: Message): void {
    if (this.#ended) return;
    const waiting = this.#waiting;
    if (waiting !== undefined) {
      this.#waiting = undefined;
      waiting({ done: false, value: message });
      return;
    }
    this.#queue.push(message);
    if (this.#queue.length <= this.#bufferMessages) return;
    this.#queue.shift();
    this.#dropped++;
  }

  handleDropped(count: number): void {
    this.#dropped += count;
  }

  next(): Promise<IteratorResult<Message, undefined>> {
    const value = this.#queue.shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    // A second call at once takes the place of the first, which ends.
    this.#waiting?.({ done: true, value: undefined });
    return new Promise((resolve) => (this.#waiting = resolve));
  }

  return(): Promise<IteratorResult<Message, undefined>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stop();
    this.#waiting?.({ done: true, value: undefined });
    this.#waiting = undefined;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
