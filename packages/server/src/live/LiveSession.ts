import { defaultLimits, Fifo, LineError, LiveEnd } from '@longline/line';
import type {
  AdvertisedChannel,
  LineClose,
  LiveEndHandlers,
  MessageRecord,
  ReaderHello,
  RequestHeader,
  SubscribeRecord,
  Transport,
} from '@longline/line';
import { isLonglineError } from '@longline/ros';
import type { Disposer } from '@longline/ros';
import type { FleetView } from '../access/FleetView.ts';
import type { Principal } from '../access/Principal.ts';
import { ChannelFeed } from '../fleet/ChannelFeed.ts';
import type { FeedSink } from '../fleet/ChannelFeed.ts';
import type { ChannelState } from '../fleet/ChannelState.ts';
import type { MeteredEnd } from '../gateway/LineSocket.ts';
import { countRecords } from '../transport/countRecords.ts';
import type { IntakeBudget } from '../transport/IntakeBudget.ts';
import { LineSubscriptions } from './LineSubscriptions.ts';
import type { LiveSessionHost } from './LiveSessionHost.ts';
import { ReaderRequests } from './ReaderRequests.ts';
import { TopicSubscription } from './TopicSubscription.ts';

/** What a subscription is still to be told, taken as the reader's socket takes it. */
interface Introduction {
  readonly id: number;
  readonly items: Iterator<() => void, undefined>;
  readonly ended: () => boolean;
}

/** While the socket takes no data, it is looked this often whether it does, in milliseconds. */
const CONGESTED_LOOK_MS = 5;
/** So many channels or devices are introduced without a pause for others. */
const INTRODUCED_AT_ONCE = 500;

/** One reader's connection: what it subscribed to, as far as it may see it, and what it asks of robots. */
export class LiveSession implements MeteredEnd, LiveEndHandlers, FeedSink {
  readonly end: LiveEnd;
  readonly #host: LiveSessionHost;
  readonly #view: FleetView;
  readonly #intake: IntakeBudget;
  /** For {@link MeteredEnd}. */
  overdraftMs = 0;
  readonly #requests: ReaderRequests;
  readonly #maxIntroductions: number;
  readonly #topics = new Map<number, TopicSubscription>();
  readonly #deviceSubscriptions = new Set<number>();
  /** From the first subscription of a line on. */
  #lines: LineSubscriptions | undefined;
  readonly #feeds = new Map<ChannelState, ChannelFeed>();
  /** As the reader was told last, by channel ID. */
  readonly #told = new Map<number, AdvertisedChannel>();
  readonly #introductions = new Fifo<Introduction>();
  /** Channels to be told again: bounded by the channels there are. */
  readonly #changed = new Set<ChannelState>();
  /** Devices to be told again: bounded by the devices there are. */
  readonly #changedDevices = new Set<string>();
  #stopWatchingDevices: Disposer | undefined;
  #cancelPump: Disposer | undefined;

  constructor(host: LiveSessionHost, principal: Principal, transport: Transport) {
    this.#host = host;
    this.#view = host.viewOf(principal);
    this.#intake = host.readerIntakeOf(principal);
    this.#maxIntroductions = host.lineLimits.maxSubscriptions ?? defaultLimits.maxSubscriptions;
    this.end = new LiveEnd({ transport, clock: host.clock, handlers: this, limits: host.lineLimits });
    this.#requests = new ReaderRequests({
      requests: host.requests,
      principal,
      clock: host.clock,
      limits: host.lineLimits,
      reply: (header, body) => this.end.reply(header, body),
    });
  }

  get unacknowledgedBytes(): number {
    return this.end.unacknowledgedBytes;
  }

  handleFrame(frame: Uint8Array): void {
    this.end.handleFrame(frame);
    this.overdraftMs = this.#intake.charge(countRecords(frame), frame.length, this.#host.clock.monotonicMs());
  }

  handleText(): void {
    this.end.handleText();
  }

  handleWritable(): void {
    this.end.handleWritable();
  }

  handleDisconnected(closeCode: number, reason: string): void {
    this.end.handleDisconnected(closeCode, reason);
  }

  handleHello(hello: ReaderHello): void {
    if (this.#host.handleJoined(this, hello)) {
      this.end.welcome({ server: this.#host.name, software: this.#host.software, features: [] });
    } else {
      this.end.close('LIMIT_EXCEEDED', 'READER_LIMIT: as many readers as there may be are connected; try later');
    }
  }

  handleSubscribe(subscription: SubscribeRecord): void {
    if (this.#introductions.length >= this.#maxIntroductions) {
      throw new LineError('LIMIT_EXCEEDED', `${this.#maxIntroductions} subscriptions wait for their first values`);
    }
    const { id } = subscription;
    if (subscription.kind === 'devices') {
      this.#deviceSubscriptions.add(id);
      this.#stopWatchingDevices ??= this.#view.watchDevices((device) => {
        this.#changedDevices.add(device);
        this.#pump();
      });
      const items = this.#view.devices().map((device) => () => this.end.device(device.record));
      this.#introductions.push({ id, items, ended: () => !this.#deviceSubscriptions.has(id) });
    } else if (subscription.kind === 'line') {
      const { device, once = false } = subscription;
      if (!once) this.#watchedLines.add(id, device);
      const ended = (): boolean => !once && !this.#watchedLines.has(id);
      this.#introductions.push({ id, items: [() => this.#tellLine(device)].values(), ended });
    } else {
      const topic = this.#topicSubscription(subscription);
      if (!topic.once) {
        this.#topics.set(id, topic);
        topic.stop = this.#view.watchChannels(topic);
      }
      const items = this.#view.channelsOf(topic).map((channel) => () => this.#introduce(channel, topic));
      this.#introductions.push({ id, items, ended: () => topic.ended });
    }
    this.#pump();
  }

  handleUnsubscribe(id: number): void {
    this.#lines?.remove(id);
    this.#deviceSubscriptions.delete(id);
    if (this.#deviceSubscriptions.size === 0) {
      this.#stopWatchingDevices?.();
      this.#stopWatchingDevices = undefined;
    }
    const topic = this.#topics.get(id);
    if (topic === undefined) return;
    this.#topics.delete(id);
    topic.end();
    for (const [channel, feed] of this.#feeds) {
      feed.remove(topic);
      if (feed.size > 0) continue;
      feed.close();
      this.#feeds.delete(channel);
    }
  }

  handleRequest(request: RequestHeader, payload: Uint8Array, ageMs: number): void {
    this.#requests.handleRequest(request, payload, ageMs);
  }

  handleClosed(close: LineClose): void {
    this.#cancelPump?.();
    this.#stopWatchingDevices?.();
    this.#lines?.close();
    this.#requests.close();
    for (const topic of this.#topics.values()) topic.end();
    for (const feed of this.#feeds.values()) feed.close();
    this.#topics.clear();
    this.#feeds.clear();
    this.#changed.clear();
    this.#changedDevices.clear();
    this.#told.clear();
    this.#host.handleClosed(this, close);
  }

  /** For {@link ChannelFeed}. */
  deliver(channel: ChannelState, record: MessageRecord): void {
    this.end.deliver(channel.id, record);
  }

  /** For {@link ChannelFeed}. */
  dropped(channel: ChannelState, count: number): void {
    this.end.dropped(channel.id, count);
  }

  get #watchedLines(): LineSubscriptions {
    // A reader that takes no data now hears of the line as it is then.
    return (this.#lines ??= new LineSubscriptions(this.#host.clock, (device) => {
      if (!this.end.congested) this.#tellLine(device);
    }));
  }

  #tellLine(id: string): void {
    const device = this.#view.device(id);
    if (device !== undefined) this.end.deviceLine(device.line);
  }

  #topicSubscription(record: Extract<SubscribeRecord, { kind: 'topics' }>): TopicSubscription {
    try {
      return new TopicSubscription(record, {
        handleChannel: (channel) => {
          // Messages of a new definition may follow at once, and must not be read by the old one.
          if (this.#told.has(channel.id)) this.#tell(channel);
          this.#changed.add(channel);
          this.#pump();
        },
        handleChannelGone: (channel) => this.#withdraw(channel),
      });
    } catch (error) {
      if (!isLonglineError(error)) throw error;
      throw new LineError('FRAME_MALFORMED', `subscribe: ${error.message}`, { cause: error });
    }
  }

  /** Tells what is to be told, as far as the socket takes it. */
  #pump(): void {
    if (this.#cancelPump !== undefined) return;
    for (let count = 0; count < INTRODUCED_AT_ONCE; count++) {
      if (this.end.state === 'closed') return;
      if (this.end.congested) return this.#pumpLater(CONGESTED_LOOK_MS);
      if (!this.#step()) return;
    }
    this.#pumpLater(0);
  }

  #pumpLater(delayMs: number): void {
    this.#cancelPump = this.#host.clock.after(delayMs, () => {
      this.#cancelPump = undefined;
      this.#pump();
    });
  }

  #step(): boolean {
    const introduction = this.#introductions.first;
    if (introduction !== undefined) {
      const item = introduction.ended() ? undefined : introduction.items.next();
      if (item?.done === false) {
        item.value();
        return true;
      }
      this.#introductions.shift();
      if (item !== undefined) this.end.mark(introduction.id);
      return true;
    }
    const [id] = this.#changedDevices;
    if (id !== undefined) {
      this.#changedDevices.delete(id);
      const device = this.#view.device(id);
      if (this.#deviceSubscriptions.size > 0 && device !== undefined) this.end.device(device.record);
      return true;
    }
    const [channel] = this.#changed;
    if (channel === undefined) return false;
    this.#changed.delete(channel);
    for (const topic of this.#topics.values()) if (topic.matches(channel)) this.#introduce(channel, topic);
    return true;
  }

  #introduce(channel: ChannelState, topic: TopicSubscription): void {
    if (channel.gone) return;
    this.#tell(channel);
    const record = channel.latestRecord;
    if (topic.channelsOnly || (topic.once && record === undefined)) return;
    if (!topic.once) {
      let feed = this.#feeds.get(channel);
      if (feed?.has(topic) === true) return;
      if (feed === undefined) this.#feeds.set(channel, (feed = new ChannelFeed(channel, this.#host.clock, this)));
      feed.add(topic, topic.rateHz);
    }
    if (record !== undefined) this.end.deliver(channel.id, record);
  }

  /** Advertises the channel where the reader does not know it as it is. */
  #tell({ id, advertised }: ChannelState): void {
    const told = this.#told.get(id);
    if (told === advertised) return;
    // A number that was given back names another channel now; as the reader's end sees it, that is a fault.
    if (told !== undefined && (told.topic !== advertised.topic || told.device !== advertised.device))
      this.end.unadvertise([id]);
    this.#told.set(id, advertised);
    this.end.advertise([advertised]);
  }

  #withdraw(channel: ChannelState): void {
    this.#feeds.get(channel)?.close();
    this.#feeds.delete(channel);
    if (this.#told.get(channel.id) !== channel.advertised) return;
    this.#told.delete(channel.id);
    this.end.unadvertise([channel.id]);
  }
}
