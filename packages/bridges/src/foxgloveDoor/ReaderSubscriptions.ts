import type { Channel, Message, Subscription } from '@longline/ros';
import type { QueueSlot } from '../door/ReaderQueue.ts';
import type { AdvertisedChannel, AdvertisedChannels } from './AdvertisedChannels.ts';
import type { DropReport } from './DropReport.ts';
import type { ReaderContext } from './ReaderContext.ts';
import { messageFrame } from './serverFrame.ts';

/** What waits of one topic for a slow reader: so many messages, of so long ago, in milliseconds, and so many bytes; the newest always. */
const WAITING_MESSAGES = 256;
const WAITING_MS = 500;
const WAITING_BYTES = 256 * 1024;
/** Subscriptions ended from here whose unsubscribing may still come. */
const MAX_ENDED = 10_000;

/** What the reader subscribed to. */
export class ReaderSubscriptions {
  readonly #context: ReaderContext;
  readonly #channels: AdvertisedChannels;
  readonly #drops: DropReport;
  readonly #byId = new Map<number, ReaderSubscription>();
  readonly #byChannel = new Map<number, ReaderSubscription>();
  readonly #ended = new Set<number>();

  constructor(context: ReaderContext, channels: AdvertisedChannels, drops: DropReport) {
    this.#context = context;
    this.#channels = channels;
    this.#drops = drops;
  }

  subscribe(entries: readonly { readonly id: number; readonly channelId: number }[]): void {
    for (const { id, channelId } of entries) this.#subscribe(id, channelId);
  }

  unsubscribe(ids: readonly number[]): void {
    for (const id of ids) {
      if (this.#end(id) || this.#ended.delete(id)) continue;
      this.#context.status.tell(1, 'FRAME_UNEXPECTED', `There is no subscription ${id} to end.`, 'unsubscribe');
    }
  }

  /** The topic is gone, or another: its subscription ends, and the reader subscribes to what is there then. */
  handleWithdrawn(channelId: number): void {
    const subscription = this.#byChannel.get(channelId);
    if (subscription === undefined) return;
    this.#end(subscription.id);
    this.#remember(subscription.id);
  }

  /** Idempotent. */
  close(): void {
    for (const id of [...this.#byId.keys()]) this.#end(id);
  }

  #subscribe(id: number, channelId: number): void {
    const { status } = this.#context;
    const advertised = this.#channels.find(channelId);
    if (advertised === undefined) {
      // The reader did not know yet.
      if (this.#channels.wasWithdrawn(channelId)) this.#remember(id);
      else status.tell(2, 'FRAME_UNEXPECTED', `Channel ${channelId} was not advertised here.`, 'subscribe');
      return;
    }
    if (this.#byId.has(id)) {
      status.tell(1, 'FRAME_UNEXPECTED', `The subscription ${id} is in use: take another number.`, 'subscribe');
      return;
    }
    if (this.#byChannel.has(channelId)) {
      const { topic } = advertised.channel;
      status.tell(1, 'FRAME_UNEXPECTED', `${topic} is subscribed to already, once is enough.`, `subscribe ${topic}`);
      return;
    }
    this.#ended.delete(id);
    const subscription = new ReaderSubscription(id, advertised, this.#context, {
      handleChannel: (channel) => this.#channels.handleChannel(channel),
      handleDropped: (topic, count) => this.#drops.add(topic, count),
      handleFailed: () => this.#end(id),
    });
    this.#byId.set(id, subscription);
    this.#byChannel.set(channelId, subscription);
    subscription.open();
  }

  #remember(id: number): void {
    for (const oldest of this.#ended) {
      if (this.#ended.size < MAX_ENDED) break;
      this.#ended.delete(oldest);
    }
    this.#ended.add(id);
  }

  #end(id: number): boolean {
    const subscription = this.#byId.get(id);
    if (subscription === undefined) return false;
    this.#byId.delete(id);
    this.#byChannel.delete(subscription.channelId);
    subscription.close();
    return true;
  }
}

interface SubscriptionEvents {
  readonly handleChannel: (channel: Channel) => void;
  readonly handleDropped: (topic: string, count: number) => void;
  /** The robot refused it. */
  readonly handleFailed: () => void;
}

/** One topic on its way to the reader. */
class ReaderSubscription implements QueueSlot {
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
