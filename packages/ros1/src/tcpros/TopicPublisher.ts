import { DEFAULT_DEADLINE_MS, md5Of, RosError } from '@longline/ros';
import type { Clock, Log, OperationOptions, PublishReceipt, Schema } from '@longline/ros';
import { bounded } from '../bounded.ts';
import type { ConnectionHeader } from './connectionHeader.ts';
import type { TcpRosConnection } from './TcpRosConnection.ts';

/** Bytes that may wait for one slow subscriber; further messages to it are dropped. One message always fits. */
export const MAX_QUEUED_BYTES = 4 * 1024 * 1024;
/** Messages that may wait for one slow subscriber, because small ones cost more memory than their bytes. */
export const MAX_QUEUED_MESSAGES = 10_000;
/** Subscribers of one topic; further ones are refused. */
export const MAX_SUBSCRIBERS_PER_TOPIC = 256;
/** How long publishing waits after advertising for the subscribers that the master named, in milliseconds. */
export const FIRST_SUBSCRIBERS_WAIT_MS = 1_000;

export interface TopicPublisherOptions {
  readonly topic: string;
  readonly schema: Schema;
  readonly latched: boolean;
  readonly callerId: string;
  readonly clock: Clock;
  readonly log: Log;
}

interface Subscriber {
  readonly connection: TcpRosConnection;
  dropped: number;
  readonly isOwn: boolean;
}

/** One topic that this node publishes, for any number of callers. */
export class TopicPublisher {
  readonly schema: Schema;
  readonly md5: string;
  readonly latched: boolean;
  /** Callers that hold it. */
  holders = 0;
  readonly #options: TopicPublisherOptions;
  readonly #subscribers = new Set<Subscriber>();
  readonly #ready: Promise<void>;
  #becomeReady: () => void = () => undefined;
  #isReady = false;
  /** Resolved when the master knows this node as a publisher, or is not waited for any longer. */
  readonly #known = Promise.withResolvers<undefined>();
  #expected: number | undefined;
  #latchedData: Uint8Array | undefined;
  readonly #cancelWait: () => void;
  #dropped = 0;

  constructor(options: TopicPublisherOptions) {
    this.#options = options;
    this.schema = options.schema;
    this.md5 = md5Of(options.schema);
    this.latched = options.latched;
    this.#ready = new Promise((resolve) => {
      this.#becomeReady = () => {
        this.#known.resolve(undefined);
        this.#isReady = true;
        resolve();
      };
    });
    this.#cancelWait = options.clock.after(FIRST_SUBSCRIBERS_WAIT_MS, () => this.#becomeReady());
  }

  /** Resolves when the master knows the publisher, and otherwise after a second. */
  get known(): Promise<undefined> {
    return this.#known.promise;
  }

  /** Messages that were dropped because subscribers read too slowly, each counted once per subscriber. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The master's word, when the topic was registered: how many nodes will connect. */
  expectSubscribers(count: number): void {
    this.#known.resolve(undefined);
    this.#expected ??= count;
    this.#checkReady();
  }

  /**
   * Publishes to every subscriber. In the first second after advertising it waits for those that the master named, so
   * that a single message is not lost.
   */
  async publish(data: Uint8Array, options: OperationOptions, closing: AbortSignal): Promise<PublishReceipt> {
    const { clock, topic } = this.#options;
    if (!this.#isReady) {
      const { deadlineMs = DEFAULT_DEADLINE_MS } = options;
      const dueMs = clock.monotonicMs() + deadlineMs;
      await bounded(`publish to ${topic}`, { ...options, clock, closing }, () => this.#ready);
      // After this process stood still both the wait and the deadline may be over: late is not published.
      if (clock.monotonicMs() > dueMs)
        throw new RosError('ROS_TIMEOUT', `publish to ${topic}: late.`, { details: { deadlineMs } });
    }
    // Not before: who connects meanwhile would get it twice, and one that is given up must not come later.
    if (this.latched) this.#latchedData = data;
    for (const subscriber of this.#subscribers) this.#send(subscriber, data);
    return { subscribers: this.#others };
  }

  /** Whoever asks how many heard it does not mean the subscription of this node itself. */
  get #others(): number {
    let count = 0;
    for (const { isOwn } of this.#subscribers) if (!isOwn) count++;
    return count;
  }

  /** Takes a connection whose header asks for this topic. Returns why not, `undefined` when it was taken. */
  accept(connection: TcpRosConnection, header: ConnectionHeader): string | undefined {
    const { topic, callerId } = this.#options;
    const md5 = header.get('md5sum');
    const subscriber = header.get('callerid') ?? 'unnamed';
    if (md5 !== '*' && md5 !== this.md5) {
      const text = `${subscriber} wants ${topic} as ${header.get('type') ?? '?'} with MD5 sum ${md5 ?? 'none'}; it is ${this.schema.name} with ${this.md5}`;
      this.#options.log.warn({ topic }, text);
      return text;
    }
    if (this.#subscribers.size >= MAX_SUBSCRIBERS_PER_TOPIC)
      return `${topic} has ${MAX_SUBSCRIBERS_PER_TOPIC} subscribers already`;
    connection.sendHeader([
      ['callerid', callerId],
      ['latching', this.latched ? '1' : '0'],
      ['md5sum', this.md5],
      ['message_definition', this.schema.text],
      ['topic', topic],
      ['type', this.schema.name],
    ]);
    this.#subscribers.add({ connection, dropped: 0, isOwn: subscriber === callerId });
    if (this.#latchedData !== undefined) connection.sendFrame(this.#latchedData);
    this.#checkReady();
    return undefined;
  }

  /** Subscribers have nothing to say. */
  handleFrame(): void {}

  handleClosed(connection: TcpRosConnection): void {
    for (const subscriber of this.#subscribers) {
      if (subscriber.connection === connection) this.#subscribers.delete(subscriber);
    }
  }

  /** Ends the connections after what waits was sent. */
  close(): void {
    this.#cancelWait();
    this.#becomeReady();
    for (const { connection } of [...this.#subscribers]) connection.finish();
    this.#subscribers.clear();
  }

  #checkReady(): void {
    if (this.#expected !== undefined && this.#subscribers.size >= this.#expected) {
      this.#cancelWait();
      this.#becomeReady();
    }
  }

  #send(subscriber: Subscriber, data: Uint8Array): void {
    const { connection } = subscriber;
    const { queuedBytes, queuedFrames } = connection;
    if (queuedFrames >= MAX_QUEUED_MESSAGES || (queuedBytes > 0 && queuedBytes + data.byteLength > MAX_QUEUED_BYTES)) {
      if (subscriber.dropped === 0)
        this.#options.log.warn(
          { topic: this.#options.topic },
          'a subscriber reads too slowly; messages are dropped for it',
        );
      subscriber.dropped += 1;
      this.#dropped += 1;
      return;
    }
    connection.sendFrame(data);
  }
}

/** Two callers want one topic as different types. */
export function typeConflict(topic: string, wanted: Schema, present: Schema): RosError {
  return new RosError(
    'TYPE_MISMATCH',
    `${topic} is advertised here as ${present.name} already; it cannot be ${wanted.name} too, or have another definition. Close the first publisher.`,
    { details: { topic, wanted: wanted.name, present: present.name } },
  );
}
