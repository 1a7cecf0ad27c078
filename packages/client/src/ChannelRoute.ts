import { Message, Throttle } from '@longline/ros';
import type { Channel, Clock, MessageParts } from '@longline/ros';
import type { TopicSink } from './TopicSink.ts';

/** One local subscription's place at one channel. */
interface Seat {
  readonly sink: TopicSink;
  /** Present where another seat gets more messages of this channel than this one asked for. */
  readonly throttle: Throttle<Message> | undefined;
  /** Nothing was delivered yet: the last value is still owed. */
  fresh: boolean;
  /** The subscription was closed, perhaps by another's listener while a message goes round. */
  closed: boolean;
}

/** One channel of one device and the local subscriptions that get its messages. It outlives the line. */
export class ChannelRoute {
  readonly device: string;
  readonly topic: string;
  readonly #clock: Clock;
  #channel: Channel | undefined;
  #seats: Seat[] = [];
  /** The newest message: what a further subscription gets first, and how repeats after a reconnect are known. */
  #last: Message | undefined;
  /** Whether the present line has this channel. */
  advertised = false;

  constructor(device: string, topic: string, clock: Clock) {
    this.device = device;
    this.topic = topic;
    this.#clock = clock;
  }

  get channel(): Channel | undefined {
    return this.#channel;
  }

  get last(): Message | undefined {
    return this.#last;
  }

  /** The channel is (again) on the line. A new object is made only when something changed, so that readers can compare. */
  handleAdvertised(advertised: Channel): void {
    this.advertised = true;
    const { topic, schema, encoding, latched } = advertised;
    const before = this.#channel;
    if (
      before?.schema.text === schema.text &&
      before.schema.name === schema.name &&
      before.encoding === encoding &&
      before.latched === latched
    ) {
      return;
    }
    this.#channel = { topic, schema, encoding, latched };
    for (const { sink } of this.#seats) sink.listener.handleChannel?.(this.#channel, this.device);
  }

  /** Gives every sink that matches a seat, and keeps those that had one. */
  seat(sinks: Iterable<TopicSink>): void {
    const matching: TopicSink[] = [];
    for (const sink of sinks) if (sink.matches(this.device, this.topic)) matching.push(sink);
    const fastest = Math.max(...matching.filter(wantsMessages).map(({ rateHz }) => rateHz ?? Infinity));
    const before = this.#seats;
    this.#seats = matching.map((sink) => {
      const old = before.find((seat) => seat.sink === sink);
      const limited = sink.rateHz !== undefined && sink.rateHz < fastest;
      if (old !== undefined && (old.throttle !== undefined) === limited) return old;
      old?.throttle?.close();
      return this.#makeSeat(sink, limited, old?.fresh ?? true);
    });
    for (const seat of before) if (!this.#seats.some(({ sink }) => sink === seat.sink)) closeSeat(seat);
    // Without a receiver the last value grows old unseen: the server sends the true one to whoever comes next.
    if (!this.#seats.some(({ sink }) => wantsMessages(sink))) this.#last = undefined;
    for (const seat of this.#seats) {
      if (before.some(({ sink }) => sink === seat.sink)) continue;
      if (this.#channel !== undefined && this.advertised)
        seat.sink.listener.handleChannel?.(this.#channel, this.device);
      if (this.#last !== undefined && wantsMessages(seat.sink)) {
        seat.fresh = false;
        seat.sink.listener.handleMessage(this.#last, this.device);
      }
    }
  }

  handleMessage(parts: MessageParts): void {
    if (this.#channel === undefined || this.#seats.length === 0) return;
    const message = new Message(this.#channel, parts);
    const repeated = this.#last?.sequence === message.sequence && this.#last.logTime === message.logTime;
    if (!repeated) this.#last = message;
    for (const seat of this.#seats) {
      if (repeated && !seat.fresh) continue;
      if (seat.closed || !wantsMessages(seat.sink)) continue;
      seat.fresh = false;
      if (seat.throttle === undefined) seat.sink.listener.handleMessage(message, this.device);
      else seat.throttle.handle(message);
    }
  }

  handleDropped(count: number): void {
    for (const { sink } of this.#seats) sink.listener.handleDropped?.(count, this.device, this.topic);
  }

  handleGone(): void {
    this.advertised = false;
    for (const { sink } of this.#seats) sink.listener.handleChannelGone?.(this.topic, this.device);
  }

  close(): void {
    for (const seat of this.#seats) closeSeat(seat);
    this.#seats = [];
    this.#last = undefined;
  }

  #makeSeat(sink: TopicSink, limited: boolean, fresh: boolean): Seat {
    const throttle =
      limited && sink.rateHz !== undefined
        ? new Throttle<Message>({
            rateHz: sink.rateHz,
            clock: this.#clock,
            deliver: (message) => sink.listener.handleMessage(message, this.device),
            handleDropped: (count) => sink.listener.handleDropped?.(count, this.device, this.topic),
          })
        : undefined;
    return { sink, throttle, fresh, closed: false };
  }
}

function closeSeat(seat: Seat): void {
  seat.closed = true;
  seat.throttle?.close();
}

const wantsMessages = (sink: TopicSink): boolean => !sink.channelsOnly;
