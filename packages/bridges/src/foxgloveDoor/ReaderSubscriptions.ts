import type { AdvertisedChannels } from './AdvertisedChannels.ts';
import type { DropReport } from './DropReport.ts';
import type { ReaderContext } from './ReaderContext.ts';
import { ReaderSubscription } from './ReaderSubscription.ts';

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
