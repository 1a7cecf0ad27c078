import type { Channel, Message, Subscription } from '@longline/ros';
import type { QueueSlot } from '../door/ReaderQueue.ts';
import type { AdvertisedChannel } from './AdvertisedChannels.ts';
import type { ReaderContext } from './ReaderContext.ts';
import { messageFrame } from './serverFrame.ts';

/** What waits of one topic for a slow reader: so many messages, of so long ago, in milliseconds, and so many bytes; the newest always. */
const WAITING_MESSAGES = 256;
const WAITING_MS = 500;
const WAITING_BYTES = 256 * 1024;

/** What a {@link ReaderSubscription} tells. */
export interface SubscriptionEvents {
  readonly handleChannel: (channel: Channel) => void;
  readonly handleDropped: (topic: string, count: number) => void;
  /** The robot refused it. */
  readonly handleFailed: () => void;
}

/** One topic on its way to the reader. */
export class ReaderSubscription implements QueueSlot {
  readonly depth = WAITING_MESSAGES;
  readonly keepMs = WAITING_MS;
  readonly keepBytes = WAITING_BYTES;
  readonly id: number;
  readonly channelId: number;
  readonly #topic: string;
  readonly #type: string;
  readonly #context: ReaderContext;
  readonly #events: SubscriptionEvents;
  #subscription: Subscription | undefined;
  #isClosed = false;

  constructor(
    id: number,
    { id: channelId, channel }: AdvertisedChannel,
    context: ReaderContext,
    events: SubscriptionEvents,
  ) {
    this.id = id;
    this.channelId = channelId;
    this.#topic = channel.topic;
    this.#type = channel.schema.name;
    this.#context = context;
    this.#events = events;
  }

  open(): void {
    const { robot, queue, clock, status } = this.#context;
    const request = this.#type === '' ? { topic: this.#topic } : { topic: this.#topic, type: this.#type };
    robot.graph
      .subscribe(request, {
        handleChannel: (channel) => {
          if (!this.#isClosed) this.#events.handleChannel(channel);
        },
        handleMessage: (message) => {
          if (!this.#isClosed) queue.push(this, message, clock.monotonicMs());
        },
        handleProblem: (error) => {
          if (!this.#isClosed) status.tellError(error, this.#topic);
        },
      })
      .then(
        (subscription) => {
          this.#subscription = subscription;
          if (this.#isClosed) subscription.close();
        },
        (error: unknown) => {
          if (this.#isClosed) return;
          status.tellError(error, this.#topic);
          this.#events.handleFailed();
        },
      );
  }

  encode(message: Message): Uint8Array {
    return messageFrame(this.id, message);
  }

  handleDropped(count: number): void {
    this.#events.handleDropped(this.#topic, count);
  }

  close(): void {
    this.#isClosed = true;
    this.#context.queue.forget(this);
    this.#subscription?.close();
  }
}
