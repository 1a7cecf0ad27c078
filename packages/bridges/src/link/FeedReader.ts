import { Throttle } from '@longline/ros';
import type { Channel, Clock, Message, SubscriptionListener } from '@longline/ros';

/** One listener of a topic, with its own rate limit. */
export class FeedReader {
  readonly #listener: SubscriptionListener;
  readonly #throttle: Throttle<Message>;
  #closed = false;

  constructor(rateHz: number | undefined, listener: SubscriptionListener, clock: Clock) {
    this.#listener = listener;
    this.#throttle = new Throttle({
      rateHz,
      clock,
      deliver: (message) => listener.handleMessage(message),
      handleDropped: (count) => listener.handleDropped?.(count),
    });
  }

  handleChannel(channel: Channel): void {
    if (!this.#closed) this.#listener.handleChannel?.(channel);
  }

  handleMessage(message: Message): void {
    if (!this.#closed) this.#throttle.handle(message);
  }

  handleProblem(problem: Error): void {
    if (!this.#closed) this.#listener.handleProblem?.(problem);
  }

  close(): void {
    this.#closed = true;
    this.#throttle.close();
  }
}
