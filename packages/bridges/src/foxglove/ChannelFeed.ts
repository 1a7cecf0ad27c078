import { Message, RosError, sourceStamp } from '@longline/ros';
import type { Channel, Clock, Disposer, SubscribeRequest, SubscriptionListener } from '@longline/ros';
import { FeedReader } from '../link/FeedReader.ts';
import type { ServerChannel } from './ServerChannels.ts';

/** What a feed needs of the present session with the server. */
export interface FeedSession {
  /** False until the server has said what it has by itself. */
  readonly isReady: boolean;
  /** The server's own time is a simulated one. */
  readonly hasSimulatedTime: boolean;
  /** The newest channel of a topic that can be read; an error where there are only others. */
  newest(topic: string): ServerChannel | RosError | undefined;
  subscribe(channel: ServerChannel, feed: ChannelFeed): void;
  /** Nothing where the server took the channel back. */
  unsubscribe(channel: ServerChannel): void;
}

export interface ChannelFeedOptions {
  readonly topic: string;
  readonly clock: Clock;
  /** Called when the last reader left. */
  readonly handleUnused: () => void;
}

/** One topic: one subscription at the server, which refuses a second one, whoever reads it here. */
export class ChannelFeed {
  readonly #options: ChannelFeedOptions;
  readonly #readers = new Set<FeedReader>();
  #session: FeedSession | undefined;
  #subscribed: ServerChannel | undefined;
  #channel: Channel | undefined;
  #sequence = 0;
  #problem: RosError | undefined;

  constructor(options: ChannelFeedOptions) {
    this.#options = options;
  }

  add(request: SubscribeRequest, listener: SubscriptionListener): Disposer {
    const reader = new FeedReader(request.rateHz, listener, this.#options.clock);
    this.#readers.add(reader);
    if (this.#channel !== undefined) reader.handleChannel(this.#channel);
    if (this.#problem !== undefined) reader.handleProblem(this.#problem);
    this.handleChannels();
    return () => {
      reader.close();
      if (!this.#readers.delete(reader) || this.#readers.size > 0) return;
      this.#unsubscribe();
      this.#options.handleUnused();
    };
  }

  /** A session began; `undefined`: it ended. */
  handleSession(session: FeedSession | undefined): void {
    this.#session = session;
    this.#subscribed = undefined;
    this.handleChannels();
  }

  /** The server's channels changed. */
  handleChannels(): void {
    const session = this.#session;
    if (session === undefined || this.#readers.size === 0) return;
    const { topic } = this.#options;
    const newest = session.newest(topic);
    if (newest === undefined || newest instanceof RosError) {
      this.#unsubscribe();
      if (newest !== undefined || session.isReady) this.#report(newest ?? noSuchTopic(topic));
      return;
    }
    this.#problem = undefined;
    if (newest === this.#subscribed) return;
    this.#unsubscribe();
    this.#announce(newest.channel);
    this.#subscribed = newest;
    session.subscribe(newest, this);
  }

  /** `serverTime` in nanoseconds: when the server received the message, or the simulated time then. */
  handleMessage(serverTime: bigint, data: Uint8Array): void {
    const channel = this.#channel;
    if (channel === undefined || this.#session === undefined) return;
    const isSimulated = this.#session.hasSimulatedTime;
    const logTime = isSimulated || serverTime === 0n ? this.#options.clock.wallNs() : serverTime;
    const publishTime = sourceStamp(channel, data) ?? (isSimulated ? serverTime : logTime);
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) >>> 0;
    const message = new Message(channel, { sequence, logTime, publishTime, data });
    for (const reader of this.#readers) reader.handleMessage(message);
  }

  /** Ends all readers without telling them. */
  close(): void {
    this.#unsubscribe();
    for (const reader of this.#readers) reader.close();
    this.#readers.clear();
  }

  /** Readers keep a channel that is what they have, so that a restarted server is no news. */
  #announce(channel: Channel): void {
    const { schema, encoding } = this.#channel ?? {};
    if (
      encoding === channel.encoding &&
      schema?.name === channel.schema.name &&
      schema.encoding === channel.schema.encoding &&
      schema.text === channel.schema.text
    )
      return;
    this.#channel = channel;
    this.#sequence = 0;
    for (const reader of [...this.#readers]) reader.handleChannel(channel);
  }

  #unsubscribe(): void {
    if (this.#subscribed !== undefined) this.#session?.unsubscribe(this.#subscribed);
    this.#subscribed = undefined;
  }

  /** Told once, until something else is wrong. */
  #report(problem: RosError): void {
    if (problem.message === this.#problem?.message) return;
    this.#problem = problem;
    for (const reader of [...this.#readers]) reader.handleProblem(problem);
  }
}

const noSuchTopic = (topic: string): RosError =>
  new RosError(
    'TOPIC_UNKNOWN',
    `The robot has no topic ${topic} yet; messages come when somebody publishes it. If it should be there, see "topic list".`,
    { details: { topic } },
  );
