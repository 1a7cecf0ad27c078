import { Message, RosError, sameType } from '@longline/ros';
import type {
  Advertisement,
  Channel,
  Disposer,
  GraphListener,
  GraphSnapshot,
  Publisher,
  RosGraph,
  Schema,
  SubscribeRequest,
  Subscription,
  SubscriptionListener,
} from '@longline/ros';
import { systemClock } from '@longline/ros';

/** What a {@link BenchRobot} hears. */
export interface HeardTopic {
  readonly topic: string;
  readonly schema: Schema;
  /** Called in the moment in which a subscriber on the robot would have the message. */
  readonly handle: (data: Uint8Array) => void;
}

/** A robot in this process: it publishes what it is told to, and hears some topics. No services, no parameters. */
export class BenchRobot implements RosGraph {
  readonly name = 'bench:';
  readonly #channels: ReadonlyMap<string, Channel>;
  readonly #heard: ReadonlyMap<string, HeardTopic>;
  readonly #subscriptions = new Map<string, Set<SubscriptionListener>>();
  readonly #sequences = new Map<string, number>();

  constructor(channels: readonly Channel[], ...heard: readonly HeardTopic[]) {
    this.#channels = new Map(channels.map((channel) => [channel.topic, channel]));
    this.#heard = new Map(heard.map((each) => [each.topic, each]));
  }

  /** A node of the robot publishes. */
  emit(topic: string, data: Uint8Array, publishTime: bigint): void {
    const channel = this.#channels.get(topic);
    if (channel === undefined) throw new Error(`the bench's robot has no topic ${topic}`);
    const sequence = this.#sequences.get(topic) ?? 0;
    this.#sequences.set(topic, sequence + 1);
    const message = new Message(channel, { sequence, logTime: systemClock.wallNs(), publishTime, data });
    for (const listener of this.#subscriptions.get(topic) ?? []) listener.handleMessage(message);
  }

  watch(listener: GraphListener): Disposer {
    let watching = true;
    queueMicrotask(() => {
      if (!watching) return;
      listener.handleStatus?.({ state: 'connected' });
      listener.handleGraph?.(this.#graph());
    });
    return () => (watching = false);
  }

  snapshot(): Promise<GraphSnapshot> {
    return Promise.resolve(this.#graph());
  }

  messageSchema(type: string): Promise<Schema> {
    const known = [...this.#heard.values(), ...this.#channels.values()].map(({ schema }) => schema);
    const schema = known.find(({ name }) => sameType(name, type));
    return schema ? Promise.resolve(schema) : Promise.reject(new RosError('TYPE_UNKNOWN', `No type ${type}.`));
  }

  subscribe({ topic }: SubscribeRequest, listener: SubscriptionListener): Promise<Subscription> {
    const listeners = this.#subscriptions.get(topic) ?? new Set();
    this.#subscriptions.set(topic, listeners.add(listener));
    const channel = this.#channels.get(topic);
    if (channel !== undefined) queueMicrotask(() => listener.handleChannel?.(channel));
    return Promise.resolve({ close: () => void listeners.delete(listener) });
  }

  async advertise({ topic, type }: Advertisement): Promise<Publisher> {
    const schema = await this.messageSchema(type);
    return {
      schema,
      encoding: 'ros1',
      publish: (data) => {
        const heard = this.#heard.get(topic);
        if (heard === undefined) return Promise.resolve({ subscribers: 0 });
        heard.handle(data);
        return Promise.resolve({ subscribers: 1 });
      },
      close: () => undefined,
    };
  }

  serviceSchema(): Promise<never> {
    return this.#nothing();
  }

  callService(): Promise<never> {
    return this.#nothing();
  }

  listParameters(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  getParameter(): Promise<never> {
    return this.#nothing();
  }

  setParameter(): Promise<never> {
    return this.#nothing();
  }

  advertiseService(): Promise<never> {
    return this.#nothing();
  }

  deleteParameter(): Promise<never> {
    return this.#nothing();
  }

  close(): Promise<void> {
    this.#subscriptions.clear();
    return Promise.resolve();
  }

  #nothing(): Promise<never> {
    return Promise.reject(new RosError('NOT_SUPPORTED', "The bench's robot has no services and no parameters."));
  }

  #graph(): GraphSnapshot {
    const published = [...this.#channels.values()].map(({ topic, schema }) => ({
      name: topic,
      type: schema.name,
      publishers: ['/robot'],
      subscribers: [],
    }));
    const heard = [...this.#heard.values()].map(({ topic, schema }) => ({
      name: topic,
      type: schema.name,
      publishers: [],
      subscribers: ['/base'],
    }));
    return { rosVersion: 1, topics: [...published, ...heard], services: [] };
  }
}
