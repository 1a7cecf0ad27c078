import type { Channel, Clock, Message } from '@longline/ros';
import type { AdvertisedChannel, MessageRecord } from '@longline/line';
import { ChannelRoute } from './ChannelRoute.ts';
import { TopicSink } from './TopicSink.ts';
import type { TopicListener, TopicQuery } from './TopicSink.ts';
import type { WireSubscriptions } from './WireSubscriptions.ts';

/** A local subscription as its maker holds it; `using` closes it, too. */
export interface TopicSubscription extends Disposable {
  /** Resolves when, on the present line, the channels and last values that exist now were delivered. */
  readonly marked: Promise<undefined>;
  /** No message comes any more. Idempotent. */
  close(): void;
}

/** A channel and whose it is. */
export interface DeviceChannel {
  readonly device: string;
  readonly channel: Channel;
}

/** A message and whose it is. */
export interface DeviceMessage {
  readonly device: string;
  readonly message: Message;
}

/**
 * Brings the messages of one line to the local subscriptions. Patterns are matched when channels or subscriptions
 * change, never per message. Bounded by the channels that the server advertises (1,000,000).
 */
export class TopicRouter {
  readonly #clock: Clock;
  readonly #wire: WireSubscriptions;
  readonly #sinks = new Set<TopicSink>();
  readonly #routes = new Map<string, ChannelRoute>();
  /** Of the present line. */
  readonly #byId = new Map<number, ChannelRoute>();

  constructor(clock: Clock, wire: WireSubscriptions) {
    this.#clock = clock;
    this.#wire = wire;
  }

  /** Begins a subscription. Throws `PATTERN_INVALID`. */
  subscribe(query: TopicQuery, listener: TopicListener): TopicSubscription {
    const sink = new TopicSink(query, listener);
    let open = true;
    let isSeated = false;
    const share = this.#wire.add({ kind: 'topics', ...query }, () => {
      if (isSeated) listener.handleMark?.();
    });
    this.#sinks.add(sink);
    // Later, so that the caller has its subscription before it is told the first last value.
    queueMicrotask(() => {
      if (!open) return;
      this.#seatAll(sink);
      isSeated = true;
      // Another one asked for the same before, and its mark has passed.
      if (share.isMarked && this.#sinks.has(sink)) listener.handleMark?.();
    });
    const close = (): void => {
      if (!open) return;
      open = false;
      this.#sinks.delete(sink);
      this.#seatAll(sink);
      share.release();
    };
    return {
      get marked() {
        return share.marked;
      },
      close,
      [Symbol.dispose]: close,
    };
  }

  /** The channels on the present line that a query matches. */
  channels(query: TopicQuery): DeviceChannel[] {
    const filter = new TopicSink(query, { handleMessage: () => undefined });
    const found: DeviceChannel[] = [];
    for (const { advertised, channel, device, topic } of this.#routes.values()) {
      if (advertised && channel !== undefined && filter.matches(device, topic)) found.push({ device, channel });
    }
    return found;
  }

  /** The newest message of a channel that is being received. */
  route(device: string, topic: string): ChannelRoute | undefined {
    return this.#routes.get(keyOf(device, topic));
  }

  handleAdvertise(channels: readonly AdvertisedChannel[]): void {
    for (const advertised of channels) {
      if (advertised.device === undefined) continue;
      const key = keyOf(advertised.device, advertised.topic);
      const known = this.#routes.get(key);
      const route = known ?? new ChannelRoute(advertised.device, advertised.topic, this.#clock);
      this.#byId.set(advertised.id, route);
      this.#routes.set(key, route);
      route.handleAdvertised(advertised);
      if (known === undefined) route.seat(this.#sinks);
    }
  }

  handleUnadvertise(channels: readonly AdvertisedChannel[]): void {
    for (const { id } of channels) {
      const route = this.#byId.get(id);
      if (route === undefined) continue;
      this.#byId.delete(id);
      this.#routes.delete(keyOf(route.device, route.topic));
      route.handleGone();
      route.close();
    }
  }

  handleMessage(channel: AdvertisedChannel, record: MessageRecord): void {
    this.#byId.get(channel.id)?.handleMessage(record);
  }

  handleDropped(channel: AdvertisedChannel, count: number): void {
    this.#byId.get(channel.id)?.handleDropped(count);
  }

  /** The line is gone: routes stay, so that the next line continues them; those that this line did not have go. */
  handleDisconnected(error: Error): void {
    this.#byId.clear();
    for (const [key, route] of this.#routes) {
      if (route.advertised) route.advertised = false;
      else if (this.#routes.delete(key)) route.close();
    }
    for (const sink of [...this.#sinks]) sink.listener.handleProblem?.(error);
  }

  #seatAll(changed: TopicSink): void {
    for (const route of this.#routes.values()) {
      if (changed.matches(route.device, route.topic)) route.seat(this.#sinks);
    }
  }
}

const keyOf = (device: string, topic: string): string => `${device}\n${topic}`;
