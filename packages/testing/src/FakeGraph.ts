import { Message, RosError, sameType, Throttle } from '@longline/ros';
import type {
  Advertisement,
  Channel,
  Clock,
  Disposer,
  GraphListener,
  GraphSnapshot,
  GraphStatus,
  ParameterValue,
  ProvidedService,
  Publisher,
  RosGraph,
  Schema,
  ServiceAdvertisement,
  ServiceCall,
  ServiceHandler,
  ServiceSchema,
  SubscribeRequest,
  Subscription,
  SubscriptionListener,
  TopicInfo,
} from '@longline/ros';

interface FakeTopic {
  channel: Channel;
  publishers: readonly string[];
}

/** What was published into a {@link FakeGraph}. */
export interface FakePublished {
  readonly topic: string;
  readonly data: Uint8Array;
  readonly atMs: number;
}

/** A robot that does what a test tells it to, and remembers what was done to it. */
export class FakeGraph implements RosGraph {
  readonly name = 'fake:';
  readonly #clock: Clock;
  readonly #listeners = new Set<GraphListener>();
  readonly #topics = new Map<string, FakeTopic>();
  readonly #subscriptions = new Set<{ topic: string; listener: SubscriptionListener; throttle: Throttle<Message> }>();
  #status: GraphStatus = { state: 'connected' };
  /** Message types by name, for `advertise` and `messageSchema`. */
  readonly schemas = new Map<string, Schema>();
  readonly services = new Map<
    string,
    { schema: ServiceSchema; handle: (request: Uint8Array) => Promise<Uint8Array> }
  >();
  /** Service types by name, for `advertiseService`. */
  readonly serviceSchemas = new Map<string, ServiceSchema>();
  readonly parameters = new Map<string, ParameterValue>();
  readonly published: FakePublished[] = [];
  /** Publishers open now. */
  publishers = 0;
  /** Set to make `Publisher.publish` reject. */
  publishError: Error | undefined;
  isClosed = false;
  /** Snapshots leave the types of topics out. */
  hidesTypes = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Topics subscribed to now. */
  get subscribed(): string[] {
    return [...this.#subscriptions].map(({ topic }) => topic).sort();
  }

  /** A topic appears, or has another definition or other publishers. */
  setTopic(topic: string, schema: Schema, options: { publishers?: readonly string[]; latched?: boolean } = {}): void {
    const { publishers = ['/node'], latched = false } = options;
    const encoding = schema.encoding === 'ros2msg' ? 'cdr' : 'ros1';
    this.schemas.set(schema.name, schema);
    const channel: Channel = { topic, schema, encoding, latched };
    this.#topics.set(topic, { channel, publishers });
    if (publishers.length > 0) this.#tell(topic, channel);
    this.#changed();
  }

  removeTopic(topic: string): void {
    this.#topics.delete(topic);
    this.#changed();
  }

  setStatus(status: GraphStatus): void {
    this.#status = status;
    for (const listener of this.#listeners) listener.handleStatus?.(status);
    if (status.state === 'connected') this.#changed();
  }

  /** A node of the robot publishes. */
  emit(topic: string, data: Uint8Array, publishTime?: bigint): void {
    const channel = this.#topics.get(topic)?.channel;
    if (channel === undefined) throw new Error(`The fake robot has no topic ${topic}`);
    const logTime = this.#clock.wallNs();
    const message = new Message(channel, { sequence: 0, logTime, publishTime: publishTime ?? logTime, data });
    for (const subscription of this.#subscriptions) {
      if (subscription.topic === topic) subscription.throttle.handle(message);
    }
  }

  watch(listener: GraphListener): Disposer {
    this.#listeners.add(listener);
    queueMicrotask(() => {
      if (!this.#listeners.has(listener)) return;
      listener.handleStatus?.(this.#status);
      if (this.#status.state === 'connected') listener.handleGraph?.(this.#snapshot());
    });
    return () => this.#listeners.delete(listener);
  }

  snapshot(): Promise<GraphSnapshot> {
    return this.#status.state === 'connected'
      ? Promise.resolve(this.#snapshot())
      : Promise.reject(new RosError('ROS_UNREACHABLE', 'The fake robot is away.'));
  }

  messageSchema(type: string): Promise<Schema> {
    const schema = [...this.schemas.values()].find(({ name }) => sameType(name, type));
    return schema ? Promise.resolve(schema) : Promise.reject(new RosError('TYPE_UNKNOWN', `No type ${type}.`));
  }

  serviceSchema(service: string): Promise<ServiceSchema> {
    const known = this.services.get(service);
    return known
      ? Promise.resolve(known.schema)
      : Promise.reject(new RosError('SERVICE_UNKNOWN', `No service ${service}.`));
  }

  subscribe(request: SubscribeRequest, listener: SubscriptionListener): Promise<Subscription> {
    const throttle = new Throttle<Message>({
      rateHz: request.rateHz,
      clock: this.#clock,
      deliver: (message) => listener.handleMessage(message),
    });
    const subscription = { topic: request.topic, listener, throttle };
    this.#subscriptions.add(subscription);
    const known = this.#topics.get(request.topic);
    if (known !== undefined && known.publishers.length > 0)
      queueMicrotask(() => listener.handleChannel?.(known.channel));
    return Promise.resolve({
      close: () => {
        throttle.close();
        this.#subscriptions.delete(subscription);
      },
    });
  }

  async advertise(advertisement: Advertisement): Promise<Publisher> {
    const { topic, type } = advertisement;
    const schema = await this.messageSchema(type);
    this.publishers += 1;
    let open = true;
    return {
      schema,
      encoding: schema.encoding === 'ros2msg' ? 'cdr' : 'ros1',
      publish: (data) => {
        if (this.publishError !== undefined) return Promise.reject(this.publishError);
        this.published.push({ topic, data, atMs: this.#clock.monotonicMs() });
        return Promise.resolve({ subscribers: 1 });
      },
      close: () => {
        if (open) this.publishers -= 1;
        open = false;
      },
    };
  }

  async callService(call: ServiceCall): Promise<Uint8Array> {
    const service = this.services.get(call.service);
    if (service === undefined) throw new RosError('SERVICE_UNKNOWN', `No service ${call.service}.`);
    return service.handle(call.data);
  }

  listParameters(): Promise<readonly string[]> {
    return Promise.resolve([...this.parameters.keys()]);
  }

  getParameter(name: string): Promise<ParameterValue> {
    const value = this.parameters.get(name);
    return value === undefined
      ? Promise.reject(new RosError('PARAMETER_UNKNOWN', `No parameter ${name}.`))
      : Promise.resolve(value);
  }

  setParameter(name: string, value: ParameterValue): Promise<void> {
    this.parameters.set(name, value);
    return Promise.resolve();
  }

  /** From then on `callService` calls it as a node of the robot would. */
  advertiseService(advertisement: ServiceAdvertisement, handler: ServiceHandler): Promise<ProvidedService> {
    const { service, type } = advertisement;
    if (this.services.has(service)) {
      return Promise.reject(new RosError('SERVICE_EXISTS', `${service} is provided already.`));
    }
    const schema = this.serviceSchemas.get(type);
    if (schema === undefined) return Promise.reject(new RosError('TYPE_UNKNOWN', `No type ${type}.`));
    const gone = new AbortController();
    const provided = { schema, handle: (data: Uint8Array) => handler(data, { schema, signal: gone.signal }) };
    this.services.set(service, provided);
    this.#changed();
    const close = (): void => {
      gone.abort(new Error('the service is provided no longer'));
      if (this.services.get(service) !== provided) return;
      this.services.delete(service);
      this.#changed();
    };
    return Promise.resolve({ schema, close });
  }

  deleteParameter(name: string): Promise<void> {
    return this.parameters.delete(name)
      ? Promise.resolve()
      : Promise.reject(new RosError('PARAMETER_UNKNOWN', `No parameter ${name}.`));
  }

  close(): Promise<void> {
    this.isClosed = true;
    this.#listeners.clear();
    for (const { throttle } of this.#subscriptions) throttle.close();
    this.#subscriptions.clear();
    return Promise.resolve();
  }

  #snapshot(): GraphSnapshot {
    const topics = [...this.#topics].map(([name, { channel, publishers }]): TopicInfo => ({
      name,
      type: this.hidesTypes ? '' : channel.schema.name,
      publishers,
      subscribers: ['/node'],
    }));
    const services = [...this.services].map(([name, { schema }]) => ({
      name,
      type: schema.name,
      providers: ['/node'],
    }));
    return { rosVersion: 1, topics, services };
  }

  #changed(): void {
    if (this.#status.state !== 'connected') return;
    for (const listener of this.#listeners) listener.handleGraph?.(this.#snapshot());
  }

  #tell(topic: string, channel: Channel): void {
    for (const subscription of this.#subscriptions) {
      if (subscription.topic === topic) subscription.listener.handleChannel?.(channel);
    }
  }
}
