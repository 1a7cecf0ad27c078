import { DEFAULT_DEADLINE_MS, RosError } from '@longline/ros';
import type {
  Advertisement,
  Clock,
  Encoding,
  OperationOptions,
  Publisher,
  PublishReceipt,
  Schema,
} from '@longline/ros';

/** One advertisement in one session with the server. */
export interface PublishPort {
  /** The frame that carries a message. Throws `MESSAGE_INVALID`, and `NOT_SUPPORTED` for what the bridge cannot carry. */
  frame(data: Uint8Array): string | Uint8Array;
  send(frame: string | Uint8Array): void;
  /** Takes the advertisement back. */
  close(): void;
}

/** What a publisher needs of the present session with the server. */
export interface PublishSession {
  /** Tells the server what will be published; `handleRefused` may be told later, where the server says no. */
  advertise(advertisement: Advertisement, schema: Schema, handleRefused: (error: RosError) => void): PublishPort;
  /** Bytes that wait for the server to read them. */
  bufferedBytes(): number;
  /** How many nodes subscribe to a topic; `undefined` where the robot cannot tell soon. */
  countSubscribers(topic: string): Promise<number | undefined>;
}

export interface BridgePublisherOptions {
  readonly advertisement: Advertisement;
  readonly schema: Schema;
  readonly encoding: Encoding;
  readonly clock: Clock;
  readonly handleClose: () => void;
}

/**
 * How long after advertising the first message is held back, in milliseconds: before the subscribers have found the
 * bridge's new publisher, messages are lost without a word.
 */
export const DISCOVERY_MS = 500;
/** Most bytes that may wait for the server to read them; beyond, publishing is refused. */
export const MAX_UNSENT_BYTES = 8 * 1024 * 1024;
/** Most messages held back while subscribers find a new publisher; beyond, publishing is refused. */
export const MAX_HELD_MESSAGES = 64;

/** One advertisement. Messages are never kept over a reconnect: what moves a robot must not come late. */
export class BridgePublisher implements Publisher {
  readonly schema: Schema;
  readonly encoding: Encoding;
  readonly #options: BridgePublisherOptions;
  #session: PublishSession | undefined;
  #port: PublishPort | undefined;
  #refusal: RosError | undefined;
  #discovered: Promise<void> = Promise.resolve();
  #held = 0;
  #closed = false;

  constructor(options: BridgePublisherOptions) {
    this.#options = options;
    this.schema = options.schema;
    this.encoding = options.encoding;
  }

  /** Resolves once subscribers had time to find the newest advertisement. */
  get discovered(): Promise<void> {
    return this.#discovered;
  }

  /** Why the server does not take the newest advertisement, if it said so. */
  get refusal(): RosError | undefined {
    return this.#refusal;
  }

  /** A session began (the topic is advertised in it); `undefined`: it ended. */
  handleSession(session: PublishSession | undefined): void {
    this.#session = session;
    this.#port = undefined;
    this.#refusal = undefined;
    if (session === undefined) return;
    const { advertisement, clock } = this.#options;
    this.#port = session.advertise(advertisement, this.schema, (error) => {
      if (this.#session === session) this.#refusal = error;
    });
    this.#discovered = new Promise((resolve) => clock.after(DISCOVERY_MS, resolve));
  }

  async publish(data: Uint8Array, options: OperationOptions = {}): Promise<PublishReceipt> {
    options.signal?.throwIfAborted();
    const { clock, advertisement } = this.#options;
    const { topic } = advertisement;
    const { deadlineMs = DEFAULT_DEADLINE_MS } = options;
    const startMs = clock.monotonicMs();
    const [session, port] = this.#open();
    const frame = port.frame(data);
    if (this.#held >= MAX_HELD_MESSAGES || session.bufferedBytes() > MAX_UNSENT_BYTES) throw busy(topic);
    this.#held++;
    try {
      await this.#discovered;
    } finally {
      this.#held--;
    }
    options.signal?.throwIfAborted();
    if (this.#open()[0] !== session) throw disconnected(topic);
    if (clock.monotonicMs() - startMs > deadlineMs) throw late(topic, deadlineMs);
    port.send(frame);
    return { subscribers: await session.countSubscribers(topic) };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#port?.close();
    this.#options.handleClose();
  }

  #open(): [PublishSession, PublishPort] {
    const { topic } = this.#options.advertisement;
    if (this.#closed) throw new RosError('GRAPH_CLOSED', `The publisher of ${topic} was closed. Advertise again.`);
    if (this.#session === undefined || this.#port === undefined) throw disconnected(topic);
    if (this.#refusal !== undefined) throw this.#refusal;
    return [this.#session, this.#port];
  }
}

const disconnected = (topic: string): RosError =>
  new RosError(
    'ROS_UNREACHABLE',
    `A message for ${topic} was not sent: the bridge does not answer. Messages are not kept for later; publish again when it does.`,
    { details: { topic } },
  );

const late = (topic: string, deadlineMs: number): RosError =>
  new RosError(
    'ROS_TIMEOUT',
    `A message for ${topic} was not sent: within ${deadlineMs} ms the subscribers could not find the new publisher. Publish again.`,
    { details: { topic, deadlineMs } },
  );

const busy = (topic: string): RosError =>
  new RosError(
    'ROS_TIMEOUT',
    `A message for ${topic} was not sent: earlier ones still wait for the bridge. Publish less often.`,
    { details: { topic, maxHeldMessages: MAX_HELD_MESSAGES, maxUnsentBytes: MAX_UNSENT_BYTES } },
  );
