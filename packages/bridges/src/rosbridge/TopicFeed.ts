import { codecFor, Message, RosError, sourceStamp, stringifyExact } from '@longline/ros';
import type { Channel, Clock, Disposer, Schema, SubscribeRequest, SubscriptionListener } from '@longline/ros';
import { FeedReader } from '../link/FeedReader.ts';

/** What a feed needs of the present session with the server. */
export interface FeedSession {
  readonly rosVersion: 1 | 2;
  /** False where rosapi does not answer: then types and definitions cannot be had. */
  readonly hasRosapi: boolean;
  typeOf(topic: string): string | undefined;
  messageSchema(type: string): Promise<Schema>;
  hasPublishers(topic: string): Promise<boolean>;
  send(op: Readonly<Record<string, unknown>>): void;
}

export interface TopicFeedOptions {
  readonly topic: string;
  readonly clock: Clock;
  /** Called when the last reader left. */
  readonly handleUnused: () => void;
}

/** Silence on a topic that has publishers after which the next way of subscribing is tried, in milliseconds. */
export const SILENCE_MS = 3_000;
/**
 * Ways of subscribing in the order tried. The second `cbor-raw` makes a fresh ROS subscription, whose reliability ROS 2
 * rosbridge chooses by the publishers present at that moment; JSON is for servers where raw bytes do not arrive, which
 * also happens when another client reads the same topic decoded. After the last way the feed stays with it.
 */
const WAYS = ['cbor-raw', 'cbor-raw', 'none', 'cbor-raw'] as const;

const textEncoder = new TextEncoder();

/** One topic: one subscription at the server, whoever reads it here. */
export class TopicFeed {
  readonly #options: TopicFeedOptions;
  readonly #readers = new Set<FeedReader>();
  #requestedType: string | undefined;
  #session: FeedSession | undefined;
  #channel: Channel | undefined;
  /** The type subscribed to in this session; `''` is a subscription that leaves the type to the server. */
  #subscribedType: string | undefined;
  #subscriptionId: string | undefined;
  #resolvingType: string | undefined;
  #way = 0;
  #nextId = 0;
  #generation = 0;
  #sequence = 0;
  #cancelSilence: Disposer | undefined;
  #problem: RosError | undefined;

  constructor(options: TopicFeedOptions) {
    this.#options = options;
  }

  /** Whether the topic's type is still to be found out. */
  get isUnresolved(): boolean {
    return this.#session !== undefined && this.#subscribedType === undefined;
  }

  add(request: SubscribeRequest, listener: SubscriptionListener): Disposer {
    const reader = new FeedReader(request.rateHz, listener, this.#options.clock);
    this.#readers.add(reader);
    this.#requestedType ??= request.type;
    if (this.#channel) reader.handleChannel(this.#channel);
    else if (this.#problem) listener.handleProblem?.(this.#problem);
    void this.#resolve();
    return () => {
      reader.close();
      if (!this.#readers.delete(reader) || this.#readers.size > 0) return;
      this.#generation++;
      this.#unsubscribe();
      this.#options.handleUnused();
    };
  }

  /** A session began; `undefined`: it ended. */
  handleSession(session: FeedSession | undefined): void {
    this.#generation++;
    this.#session = session;
    this.#subscribedType = undefined;
    this.#subscriptionId = undefined;
    this.#resolvingType = undefined;
    this.#way = 0;
    this.#stopSilence();
    void this.#resolve();
  }

  /** The graph was looked at: topics may have come, gone or changed type, and what failed may be tried again. */
  handleGraph(): void {
    void this.#resolve();
  }

  /** Ends all readers without telling them. */
  close(): void {
    this.#unsubscribe();
    for (const reader of this.#readers) reader.close();
    this.#readers.clear();
  }

  /** A message as serialized bytes. */
  handleRaw(data: Uint8Array): void {
    const channel = this.#channel;
    // Bytes of a type whose definition could not be had are of no use to anybody.
    if (channel === undefined || channel.encoding === 'json') return;
    this.#deliver(channel, data);
  }

  /** A message as JSON values: encoded as ROS would have, where the definition is known. */
  handleJson(value: unknown): void {
    const channel = this.#channel;
    if (channel === undefined) return;
    let data: Uint8Array;
    try {
      data =
        channel.encoding === 'json'
          ? textEncoder.encode(stringifyExact(value))
          : codecFor(channel.schema, channel.encoding).encode(value);
    } catch (error) {
      this.#report(error);
      return;
    }
    this.#deliver(channel, data);
  }

  #deliver(channel: Channel, data: Uint8Array): void {
    this.#stopSilence();
    const logTime = this.#options.clock.wallNs();
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) >>> 0;
    const publishTime = sourceStamp(channel, data) ?? logTime;
    const message = new Message(channel, { sequence, logTime, publishTime, data });
    for (const reader of [...this.#readers]) reader.handleMessage(message);
  }

  async #resolve(): Promise<void> {
    const session = this.#session;
    if (session === undefined || this.#readers.size === 0) return;
    const { topic } = this.#options;
    const type = this.#wantedType(session);
    if (type === undefined) {
      this.#report(noSuchTopic(topic));
      return;
    }
    if (type === this.#subscribedType || type === this.#resolvingType) return;
    this.#resolvingType = type;
    const generation = ++this.#generation;
    this.#unsubscribe();
    let channel: Channel;
    try {
      const schema = session.hasRosapi ? await session.messageSchema(type) : this.#typedSchema();
      channel = schema ? typedChannel(topic, schema) : untypedChannel(topic, type);
    } catch (error) {
      if (generation !== this.#generation) return;
      this.#resolvingType = undefined;
      this.#report(error);
      // Another try comes with the next look at the graph, unless the robot said that there is no definition.
      if (!(error instanceof RosError) || error.code !== 'TYPE_UNKNOWN') return;
      channel = untypedChannel(topic, type);
    }
    if (generation !== this.#generation || this.#readers.size === 0) return;
    this.#resolvingType = undefined;
    if (channel.encoding !== 'json') this.#problem = undefined;
    this.#announce(channel);
    this.#subscribedType = type;
    this.#way = channel.encoding === 'json' ? WAYS.indexOf('none') : 0;
    this.#subscribe();
  }

  /** `''` leaves the type to the server; `undefined` cannot be subscribed to yet. */
  #wantedType(session: FeedSession): string | undefined {
    if (session.hasRosapi) return session.typeOf(this.#options.topic) ?? this.#requestedType;
    // Without rosapi what an earlier session found out is the best there is.
    return this.#typedSchema()?.name ?? this.#requestedType ?? '';
  }

  #typedSchema(): Schema | undefined {
    return this.#channel?.encoding === 'json' ? undefined : this.#channel?.schema;
  }

  #announce(channel: Channel): void {
    const { schema, encoding } = this.#channel ?? {};
    if (encoding === channel.encoding && schema?.name === channel.schema.name && schema.text === channel.schema.text)
      return;
    this.#channel = channel;
    this.#sequence = 0;
    for (const reader of [...this.#readers]) reader.handleChannel(channel);
  }

  #subscribe(): void {
    const { topic } = this.#options;
    this.#subscriptionId = `longline:${topic}:${this.#nextId++}`;
    this.#session?.send({
      op: 'subscribe',
      id: this.#subscriptionId,
      topic,
      ...(this.#subscribedType ? { type: this.#subscribedType } : {}),
      compression: WAYS[this.#way] ?? 'none',
      throttle_rate: 0,
      queue_length: 0,
    });
    this.#watchSilence();
  }

  #unsubscribe(): void {
    this.#stopSilence();
    if (this.#subscriptionId === undefined) return;
    this.#session?.send({ op: 'unsubscribe', id: this.#subscriptionId, topic: this.#options.topic });
    this.#subscriptionId = undefined;
    this.#subscribedType = undefined;
  }

  #watchSilence(): void {
    this.#stopSilence();
    if (this.#way >= WAYS.length - 1 || this.#channel?.encoding === 'json') return;
    this.#cancelSilence = this.#options.clock.after(SILENCE_MS, () => void this.#tryNextWay());
  }

  async #tryNextWay(): Promise<void> {
    const session = this.#session;
    const id = this.#subscriptionId;
    const hasPublishers = await session?.hasPublishers(this.#options.topic).catch(() => false);
    if (session !== this.#session || id === undefined || id !== this.#subscriptionId) return;
    if (this.#cancelSilence === undefined) return; // A message came meanwhile.
    if (hasPublishers) {
      const type = this.#subscribedType;
      this.#unsubscribe();
      this.#subscribedType = type;
      this.#way++;
      this.#subscribe();
    } else {
      this.#watchSilence();
    }
  }

  #stopSilence(): void {
    this.#cancelSilence?.();
    this.#cancelSilence = undefined;
  }

  /** Told once, until something else is wrong. */
  #report(error: unknown): void {
    const problem =
      error instanceof RosError
        ? error
        : new RosError('MESSAGE_INVALID', `${this.#options.topic}: ${String(error)}`, { cause: error });
    if (problem.message === this.#problem?.message) return;
    this.#problem = problem;
    for (const reader of [...this.#readers]) reader.handleProblem(problem);
  }
}

const typedChannel = (topic: string, schema: Schema): Channel => ({
  topic,
  schema,
  encoding: schema.encoding === 'ros1msg' ? 'ros1' : 'cdr',
  latched: false,
});

const untypedChannel = (topic: string, type: string): Channel => ({
  topic,
  schema: { name: type, encoding: '', text: '' },
  encoding: 'json',
  latched: false,
});

const noSuchTopic = (topic: string): RosError =>
  new RosError(
    'TOPIC_UNKNOWN',
    `The robot has no topic ${topic} yet; messages come when somebody publishes it. If it should be there, see "topic list".`,
    { details: { topic } },
  );
