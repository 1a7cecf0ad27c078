import { devicePattern } from '@longline/line';
import type { DeviceSelection, MessageRecord } from '@longline/line';
import { topicPattern } from '@longline/ros';
import type { Clock, Disposer, SubscriptionListener } from '@longline/ros';
import { ChannelFeed } from './ChannelFeed.ts';
import type { FeedSink } from './ChannelFeed.ts';
import type { ChannelState } from './ChannelState.ts';
import type { FleetView } from '../access/FleetView.ts';
import type { ChannelWatcher } from './FleetWatcher.ts';

/** What a subscription within this process is given. */
export interface LocalSubscriptionOptions {
  /** Of whoever subscribes: what one may not read is not there. */
  readonly view: FleetView;
  readonly clock: Clock;
  /** A device ID or pattern. */
  readonly device: string;
  /** A topic or pattern. */
  readonly topic: string;
  readonly rateHz?: number | undefined;
  readonly listener: SubscriptionListener;
  /** A listener threw; it is not told to the robot or to others. */
  readonly handleFault: (error: unknown) => void;
}

/** A subscription of this process to topics of devices, there now or later. A last message that is there comes first. */
export class LocalSubscription implements ChannelWatcher, FeedSink {
  readonly #options: LocalSubscriptionOptions;
  readonly #devices: DeviceSelection;
  readonly #matchesTopic: (topic: string) => boolean;
  readonly #feeds = new Map<ChannelState, ChannelFeed>();
  readonly #stop: Disposer;
  #closed = false;

  /** Throws `PATTERN_INVALID`. */
  constructor(options: LocalSubscriptionOptions) {
    this.#options = options;
    this.#devices = devicePattern(options.device);
    this.#matchesTopic = topicPattern(options.topic);
    this.#stop = options.view.watchChannels(this);
    // As everywhere, a listener hears nothing before the call that subscribed has returned.
    queueMicrotask(() => {
      if (!this.#closed) for (const channel of options.view.channelsOf(this)) this.handleChannel(channel);
    });
  }

  get deviceId(): string | undefined {
    return this.#devices.deviceId;
  }

  matchesDevice(id: string): boolean {
    return this.#devices.matchesDevice(id);
  }

  matchesTopic(topic: string): boolean {
    return this.#matchesTopic(topic);
  }

  handleChannel(channel: ChannelState): void {
    if (this.#closed) return;
    const known = this.#feeds.has(channel);
    this.#guard(() => this.#options.listener.handleChannel?.(channel.advertised));
    if (known) return;
    const feed = new ChannelFeed(channel, this.#options.clock, this);
    feed.add(this, this.#options.rateHz);
    this.#feeds.set(channel, feed);
    const record = channel.latestRecord;
    if (record !== undefined) this.deliver(channel, record);
  }

  handleChannelGone(channel: ChannelState): void {
    this.#feeds.get(channel)?.close();
    this.#feeds.delete(channel);
  }

  /** For {@link ChannelFeed}. */
  deliver(channel: ChannelState, record: MessageRecord): void {
    this.#guard(() => this.#options.listener.handleMessage(channel.messageOf(record)));
  }

  /** For {@link ChannelFeed}. */
  dropped(_channel: ChannelState, count: number): void {
    this.#guard(() => this.#options.listener.handleDropped?.(count));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stop();
    for (const feed of this.#feeds.values()) feed.close();
    this.#feeds.clear();
  }

  #guard(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#options.handleFault(error);
    }
  }
}
