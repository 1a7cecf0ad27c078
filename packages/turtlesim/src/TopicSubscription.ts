import { RosError, Throttle, sameType } from '@longline/ros';
import type { Channel, Clock, Message, Subscription, SubscribeRequest, SubscriptionListener } from '@longline/ros';

/** One of this graph's subscriptions: tells its listener channels before messages, and keeps to its rate. */
export class TopicSubscription implements Subscription {
  /** The type that was asked for, if any. */
  readonly type: string | undefined;
  readonly #listener: SubscriptionListener;
  readonly #throttle: Throttle<Message>;
  readonly #handleClose: (subscription: TopicSubscription) => void;
  #told: Channel | undefined;
  #refused: Channel | undefined;
  #closed = false;

  constructor(
    request: SubscribeRequest,
    listener: SubscriptionListener,
    options: { readonly clock: Clock; readonly handleClose: (subscription: TopicSubscription) => void },
  ) {
    this.type = request.type;
    this.#listener = listener;
    this.#handleClose = options.handleClose;
    this.#throttle = new Throttle({
      rateHz: request.rateHz,
      clock: options.clock,
      deliver: (message) => this.#deliver(message),
      handleDropped: (count) => listener.handleDropped?.(count),
    });
  }

  handleMessage(message: Message): void {
    if (this.#takes(message.channel)) this.#throttle.handle(message);
  }

  /** The topic has this channel now. */
  handleChannel(channel: Channel): void {
    if (this.#closed || this.#told === channel || !this.#takes(channel)) return;
    this.#told = channel;
    this.#listener.handleChannel?.(channel);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#throttle.close();
    this.#handleClose(this);
  }

  #deliver(message: Message): void {
    this.handleChannel(message.channel);
    this.#listener.handleMessage(message);
  }

  /** Whether the channel has the type that was asked for; says so once if not. */
  #takes(channel: Channel): boolean {
    if (this.#closed) return false;
    if (this.type === undefined || sameType(this.type, channel.schema.name)) return true;
    if (this.#refused !== channel) {
      this.#refused = channel;
      this.#listener.handleProblem?.(
        new RosError(
          'TYPE_MISMATCH',
          `Topic ${channel.topic} has type ${channel.schema.name}, not ${this.type}: subscribe with that type or with none.`,
          { details: { topic: channel.topic, expected: this.type, actual: channel.schema.name } },
        ),
      );
    }
    return false;
  }
}
