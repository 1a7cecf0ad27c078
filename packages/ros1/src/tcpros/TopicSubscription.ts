import { Message, ros1TypeName, RosError, sourceStamp, Throttle } from '@longline/ros';
import type { Channel, Clock, Schema, SubscriptionListener } from '@longline/ros';
import type { Definitions } from '../definitions/Definitions.ts';
import type { ConnectionHeader } from './connectionHeader.ts';
import { PublisherLink } from './PublisherLink.ts';

/** Publishers of one topic that are connected to; further ones are ignored. */
export const MAX_PUBLISHERS_PER_TOPIC = 256;

/** The MD5 sum of std_msgs/Empty and of every other type without fields. */
const EMPTY_MD5 = 'd41d8cd98f00b204e9800998ecf8427e';

export interface TopicSubscriptionOptions {
  readonly topic: string;
  readonly callerId: string;
  readonly clock: Clock;
  readonly maxMessageBytes: number;
  readonly definitions: Definitions;
}

interface Publisher {
  readonly link: PublisherLink;
  /** The sum in its header; `undefined` while it is not connected. */
  md5: string | undefined;
  latching: boolean;
  /** A latched publisher's last message, for listeners that come later. */
  latched: Message | undefined;
  /** Whether the master still names it; others are kept for as long as they keep talking. */
  listed: boolean;
}

interface Reader {
  readonly listener: SubscriptionListener;
  readonly throttle: Throttle<Message>;
}

/** One topic, subscribed once upstream for any number of listeners. */
export class TopicSubscription {
  /** Callers that hold it. */
  holders = 0;
  readonly #options: TopicSubscriptionOptions;
  readonly #publishers = new Map<string, Publisher>();
  readonly #readers = new Set<Reader>();
  #channel: Channel | undefined;
  #md5 = '';
  #sequence = 0;
  /** Definitions found for publishers that send none, by type and sum; one is enough, publishers of one topic agree. */
  #foundSchema: { readonly key: string; readonly schema: Schema } | undefined;
  #closed = false;

  constructor(options: TopicSubscriptionOptions) {
    this.#options = options;
  }

  /** How many publishers the master named. */
  get listedPublishers(): number {
    return [...this.#publishers.values()].filter((publisher) => publisher.listed).length;
  }

  /** Adds a listener; it is given the channel and latched messages on a microtask. The disposer removes it. */
  add(listener: SubscriptionListener, rateHz: number | undefined): () => void {
    const throttle = new Throttle<Message>({
      rateHz,
      clock: this.#options.clock,
      deliver: (message) => listener.handleMessage(message),
      handleDropped: (count) => listener.handleDropped?.(count),
    });
    const reader = { listener, throttle };
    let removed = false;
    queueMicrotask(() => {
      if (removed || this.#closed) return;
      this.#readers.add(reader);
      if (this.#channel === undefined) return;
      listener.handleChannel?.(this.#channel);
      for (const { latched } of this.#publishers.values()) if (latched !== undefined) throttle.handle(latched);
    });
    return () => {
      removed = true;
      throttle.close();
      this.#readers.delete(reader);
    };
  }

  /** The master's word on who publishes. Those it no longer names are kept until their connection ends: a restarted master forgets. */
  setPublishers(uris: readonly string[]): void {
    if (this.#closed) return;
    const named = new Set(uris.slice(0, MAX_PUBLISHERS_PER_TOPIC));
    for (const [uri, publisher] of this.#publishers) {
      publisher.listed = named.has(uri);
      if (!publisher.listed && !publisher.link.isConnected) this.#remove(uri, publisher);
    }
    for (const uri of named) {
      const known = this.#publishers.get(uri);
      if (known !== undefined) known.link.retryNow();
      else if (this.#publishers.size < 2 * MAX_PUBLISHERS_PER_TOPIC) this.#connect(uri);
    }
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { throttle } of this.#readers) throttle.close();
    this.#readers.clear();
    for (const [uri, publisher] of this.#publishers) this.#remove(uri, publisher);
  }

  #connect(uri: string): void {
    const { topic, callerId, clock, maxMessageBytes } = this.#options;
    const handler = {
      handleHeader: (header: ConnectionHeader) => this.#handleHeader(publisher, header),
      handleData: (data: Uint8Array) => this.#handleData(publisher, data),
      handleLost: () => {
        publisher.md5 = undefined;
        publisher.latched = undefined;
        if (!publisher.listed) this.#remove(uri, publisher);
      },
      handleProblem: (error: RosError) => this.#problem(error),
    };
    const link = new PublisherLink({ topic, uri, callerId, clock, maxMessageBytes, handler });
    const publisher: Publisher = { link, md5: undefined, latching: false, latched: undefined, listed: true };
    this.#publishers.set(uri, publisher);
  }

  #remove(uri: string, publisher: Publisher): void {
    this.#publishers.delete(uri);
    publisher.link.close();
  }

  #handleHeader(publisher: Publisher, header: ConnectionHeader): RosError | undefined {
    const { topic, definitions } = this.#options;
    const md5 = header.get('md5sum') ?? '';
    const type = header.get('type') ?? '';
    const others = [...this.#publishers.values()].some((other) => other !== publisher && other.md5 !== undefined);
    if (others && md5 !== this.#md5) {
      const text = `A further publisher of ${topic} (${header.get('callerid') ?? 'unnamed'}) sends ${type} with MD5 sum ${md5}; the first one's ${this.#channel?.schema.name ?? ''} with ${this.#md5} is kept. Stop one of the two.`;
      return new RosError('TYPE_MISMATCH', text, { details: { topic, type, md5, kept: this.#md5 } });
    }
    let text = header.get('message_definition') ?? '';
    const key = `${type} ${md5}`;
    if (text.trim() === '' && this.#foundSchema?.key === key) text = this.#foundSchema.schema.text;
    // The empty definition is right for one type of the common ones, and its sum says so.
    if (text.trim() === '' && md5 !== EMPTY_MD5) {
      void this.#findSchema(key, type, md5);
      return new RosError(
        'TYPE_UNKNOWN',
        `The publisher of ${topic} sends no definition of ${type}; looking for it here.`,
      );
    }
    let name: string;
    try {
      name = ros1TypeName(type);
    } catch (cause) {
      return new RosError('TYPE_UNKNOWN', `The publisher of ${topic} names no message type.`, { cause });
    }
    const latched = header.get('latching') === '1' || (others && this.#channel?.latched === true);
    publisher.md5 = md5;
    this.#setChannel({ name, encoding: 'ros1msg', text }, md5, latched, others);
    if (this.#channel !== undefined) definitions.remember(this.#channel.schema);
    publisher.latched = undefined;
    publisher.latching = header.get('latching') === '1';
    return undefined;
  }

  /** A new channel is made only when something about it is new: with other publishers there, their definition's wording stays. */
  #setChannel(schema: Schema, md5: string, latched: boolean, others: boolean): void {
    const present = this.#channel;
    const sameType =
      present?.schema.name === schema.name && md5 === this.#md5 && (others || present.schema.text === schema.text);
    if (sameType && present.latched === latched) return;
    this.#channel = {
      topic: this.#options.topic,
      schema: sameType ? present.schema : schema,
      encoding: 'ros1',
      latched,
    };
    this.#md5 = md5;
    if (!sameType) this.#sequence = 0;
    for (const { listener } of this.#readers) listener.handleChannel?.(this.#channel);
  }

  #handleData(publisher: Publisher, data: Uint8Array): void {
    const channel = this.#channel;
    if (channel === undefined) return;
    const logTime = this.#options.clock.wallNs();
    const publishTime = sourceStamp(channel, data) ?? logTime;
    const message = new Message(channel, { sequence: this.#sequence, logTime, publishTime, data });
    this.#sequence = (this.#sequence + 1) >>> 0;
    if (publisher.latching) publisher.latched = message;
    for (const { throttle } of this.#readers) throttle.handle(message);
  }

  async #findSchema(key: string, type: string, md5: string): Promise<void> {
    try {
      this.#foundSchema = { key, schema: await this.#options.definitions.message(type, md5) };
    } catch (error) {
      if (error instanceof RosError) this.#problem(error);
      return;
    }
    for (const { link } of this.#publishers.values()) link.retryNow();
  }

  #problem(error: RosError): void {
    for (const { listener } of this.#readers) listener.handleProblem?.(error);
  }
}
