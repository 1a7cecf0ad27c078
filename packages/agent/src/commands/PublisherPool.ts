import { RosError, sameType } from '@longline/ros';
import type { Clock, Disposer, OperationOptions, Publisher, RosGraph } from '@longline/ros';
import { AgentError } from '../errors.ts';
import type { TopicTypes, TypedTopic } from '../robot/TopicTypes.ts';
import { leaseNeeded } from './leaseNeeded.ts';

/** A publisher nobody used for this long is closed, in milliseconds; latched ones stay for their message. */
export const IDLE_MS = 60_000;
/** Most publishers open at once; the one unused longest makes room. */
export const MAX_PUBLISHERS = 256;

/** What is to be published on. */
export interface PublisherRequest extends TypedTopic {
  readonly latched?: boolean | undefined;
}

/** The use of a publisher until it is released. */
export interface PublisherUse {
  readonly publisher: Publisher;
  /** Idempotent. A `broken` publisher is not used again. */
  release(broken?: boolean): void;
}

interface Entry {
  readonly key: string;
  readonly latched: boolean;
  readonly opening: Promise<Publisher>;
  type: string | undefined;
  users: number;
  cancelIdle: Disposer | undefined;
}

/**
 * Keeps publishers open between messages, so that a stream of publishes advertises once. On what moves the robot it opens none:
 * that is the deadman's.
 */
export class PublisherPool {
  readonly #graph: RosGraph;
  readonly #types: TopicTypes;
  readonly #clock: Clock;
  readonly #isOutput: (topic: string, type: string) => boolean;
  readonly #handleOpening: (topic: string, type: string) => void;
  readonly #max: number;
  readonly #entries = new Map<string, Entry>();
  #closed = false;

  constructor(options: {
    readonly graph: RosGraph;
    readonly types: TopicTypes;
    readonly clock: Clock;
    /** Whether a topic of a type moves the robot. */
    readonly isOutput: (topic: string, type: string) => boolean;
    /** Called before a topic is advertised: what is published there may be wanted by the way up. */
    readonly handleOpening?: (topic: string, type: string) => void;
    readonly maxPublishers?: number;
  }) {
    this.#graph = options.graph;
    this.#types = options.types;
    this.#clock = options.clock;
    this.#isOutput = options.isOutput;
    this.#handleOpening = options.handleOpening ?? ((): void => undefined);
    this.#max = options.maxPublishers ?? MAX_PUBLISHERS;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The type that a topic is published with. Rejects with `TYPE_MISMATCH`, `TOPIC_UNKNOWN`. */
  typeOf(request: PublisherRequest, options: OperationOptions): Promise<string> {
    return this.#types.typeOf(request, options, this.#entries.get(keyOf(request))?.type);
  }

  /**
   * Rejects with `TYPE_MISMATCH`, `TOPIC_UNKNOWN`, `PUBLISHER_LIMIT`, `LEASE_NEEDED` and, for latched messages, `NOT_SUPPORTED`
   * on what moves the robot, and what `RosGraph.advertise` rejects with.
   */
  async acquire(request: PublisherRequest, options: OperationOptions): Promise<PublisherUse> {
    const key = keyOf(request);
    const type = await this.typeOf(request, options);
    if (this.#closed) throw new AgentError('AGENT_STOPPED', 'The agent is stopping. Send the request again later.');
    if (this.#isOutput(request.topic, type)) {
      throw request.latched === true ? latchedMotion(request.topic) : leaseNeeded(request.topic);
    }
    let entry = this.#entries.get(key);
    if (entry?.type !== undefined && !sameType(entry.type, type)) {
      this.#drop(entry);
      entry = undefined;
    }
    entry ??= this.#open(key, request, type, options);
    entry.users += 1;
    entry.cancelIdle?.();
    entry.cancelIdle = undefined;
    const held = entry;
    let released = false;
    const release = (broken = false): void => {
      if (released) return;
      released = true;
      held.users -= 1;
      if (broken) this.#drop(held);
      else this.#rest(held);
    };
    try {
      const publisher = await held.opening;
      return { publisher, release };
    } catch (error) {
      release(true);
      throw error;
    }
  }

  /** Closes the publishers of a topic that nobody uses now, without waiting for others who may. */
  retire(topic: string): void {
    for (const latched of [false, true]) {
      const entry = this.#entries.get(keyOf({ topic, latched }));
      if (entry?.users === 0) this.#drop(entry);
    }
  }

  close(): void {
    this.#closed = true;
    for (const entry of [...this.#entries.values()]) {
      this.#drop(entry);
      if (entry.users > 0) closePublisher(entry);
    }
  }

  #open(key: string, request: PublisherRequest, type: string, options: OperationOptions): Entry {
    this.#makeRoom();
    const latched = request.latched === true;
    this.#handleOpening(request.topic, type);
    const opening = this.#graph.advertise({ topic: request.topic, type, latched }, options);
    const entry: Entry = { key, latched, opening, type, users: 0, cancelIdle: undefined };
    opening.then(
      (publisher) => (entry.type = publisher.schema.name),
      () => undefined,
    );
    this.#entries.set(key, entry);
    return entry;
  }

  #makeRoom(): void {
    if (this.#entries.size < this.#max) return;
    for (const entry of this.#entries.values()) {
      if (entry.users > 0) continue;
      this.#drop(entry);
      return;
    }
    throw new AgentError(
      'PUBLISHER_LIMIT',
      `${this.#max} topics are being published on, the most there may be. End standing commands or wait.`,
    );
  }

  /** Nobody uses it now: it moves behind those unused longer. */
  #rest(entry: Entry): void {
    if (entry.users > 0) return;
    if (this.#entries.get(entry.key) !== entry) {
      closePublisher(entry);
      return;
    }
    this.#entries.delete(entry.key);
    this.#entries.set(entry.key, entry);
    if (!entry.latched) entry.cancelIdle = this.#clock.after(IDLE_MS, () => this.#drop(entry));
  }

  /** Out of the pool; it is closed when its last user lets go. */
  #drop(entry: Entry): void {
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
    entry.cancelIdle?.();
    if (entry.users === 0) closePublisher(entry);
  }
}

const keyOf = ({ latched, topic }: PublisherRequest): string => `${latched === true ? 'latched' : 'plain'} ${topic}`;

/** ROS gives a latched message to every node that subscribes later, whenever that is. */
const latchedMotion = (topic: string): RosError =>
  new RosError(
    'NOT_SUPPORTED',
    `${topic} moves the robot, and a latched message would move it again whenever a node subscribes. Publish it unlatched.`,
    { details: { topic } },
  );

function closePublisher(entry: Entry): void {
  entry.opening.then(
    (publisher) => publisher.close(),
    () => undefined,
  );
}
