import { checkTopicName, RosError, sameType } from '@longline/ros';
import type {
  Advertisement,
  Clock,
  Disposer,
  GraphListener,
  GraphSnapshot,
  Log,
  OperationOptions,
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
} from '@longline/ros';
import { bounded } from './bounded.ts';
import type { Definitions } from './definitions/Definitions.ts';
import { graphSnapshot } from './master/graphSnapshot.ts';
import { MasterClient } from './master/MasterClient.ts';
import { MasterMonitor } from './master/MasterMonitor.ts';
import { MasterParameters } from './master/MasterParameters.ts';
import { Registrar } from './master/Registrar.ts';
import type { Registration } from './master/Registrar.ts';
import { NodeServers } from './NodeServers.ts';
import { Services } from './Services.ts';
import { TopicPublisher, typeConflict } from './tcpros/TopicPublisher.ts';
import { TopicSubscription } from './tcpros/TopicSubscription.ts';

/** Topics that one graph subscribes to or publishes at most, each. */
export const MAX_TOPICS = 10_000;
/** How long closing waits for the master to be told, in milliseconds. */
export const UNREGISTER_TIMEOUT_MS = 1_000;

export interface Ros1GraphOptions {
  readonly masterUri: string;
  readonly callerId: string;
  readonly host: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly definitions: Definitions;
  readonly maxMessageBytes: number;
}

/** A topic that is held upstream: what is registered with the master, and what serves it. */
interface Held<T> {
  readonly topic: T;
  readonly registration: Registration;
}

/** A ROS 1 graph as one node of it. */
export class Ros1Graph implements RosGraph {
  readonly name: string;
  readonly #options: Ros1GraphOptions;
  readonly #closing = new AbortController();
  readonly #client: MasterClient;
  readonly #parameters: MasterParameters;
  readonly #registrar: Registrar;
  readonly #monitor: MasterMonitor;
  readonly #servers: NodeServers;
  readonly #services: Services;
  readonly #subscriptions = new Map<string, Held<TopicSubscription>>();
  readonly #publishers = new Map<string, Held<TopicPublisher>>();
  #closed: Promise<void> | undefined;

  constructor(options: Ros1GraphOptions) {
    const { masterUri, callerId, clock, log, host, definitions } = options;
    this.#options = options;
    this.name = masterUri.replace(/^http:/, 'ros1:').replace(/\/$/, '');
    const client = new MasterClient(masterUri, callerId);
    this.#client = client;
    this.#parameters = new MasterParameters(client);
    this.#servers = new NodeServers({
      masterUri,
      host,
      clock,
      findPublisher: (topic) => this.#publishers.get(topic)?.topic,
      findService: (service) => this.#services.find(service),
      listPublications: () => [...this.#publishers].map(([topic, held]) => [topic, held.topic.schema.name]),
      listSubscriptions: () => [...this.#subscriptions.keys()].map((topic) => [topic, '*']),
      handlePublishers: (topic, uris) => this.#subscriptions.get(topic)?.topic.setPublishers(uris),
      handleShutdown: (reason) =>
        log.warn({ node: callerId, reason }, 'the ROS master asks this node to end; it stays'),
    });
    const serviceUri = (signal: AbortSignal): Promise<string> => this.#servers.serviceUri(signal);
    const registrar = new Registrar({
      client,
      callerId,
      clock,
      nodeUri: (signal) => this.#servers.uri(signal),
      serviceUri,
    });
    this.#registrar = registrar;
    this.#services = new Services({ client, registrar, definitions, callerId, graphName: this.name, log, serviceUri });
    this.#monitor = new MasterMonitor({
      client,
      callerId,
      clock,
      isNeeded: () => registrar.size > 0,
      beginPoll: () => registrar.beginPoll(),
    });
  }

  watch(listener: GraphListener): Disposer {
    if (this.#closed !== undefined) return () => undefined;
    return this.#monitor.watch(listener);
  }

  async snapshot(options: OperationOptions = {}): Promise<GraphSnapshot> {
    return this.#bounded('snapshot', options, async (signal) => {
      const state = await this.#client.systemState(signal);
      return graphSnapshot(state, await this.#client.topicTypes(signal), this.#options.callerId);
    });
  }

  async messageSchema(type: string, options: OperationOptions = {}): Promise<Schema> {
    return this.#bounded(`definition of ${type}`, options, () => this.#options.definitions.message(type));
  }

  async serviceSchema(service: string, options: OperationOptions = {}): Promise<ServiceSchema> {
    return this.#bounded(`definition of ${service}`, options, (signal) => this.#services.schema(service, signal));
  }

  async subscribe(
    request: SubscribeRequest,
    listener: SubscriptionListener,
    options: OperationOptions = {},
  ): Promise<Subscription> {
    this.#checkOpen(options);
    const topic = checkTopicName(request.topic);
    const held = this.#subscriptions.get(topic) ?? this.#openSubscription(topic);
    const remove = held.topic.add(listener, request.rateHz);
    held.topic.holders += 1;
    this.#monitor.wake();
    let open = true;
    return Promise.resolve({
      close: () => {
        if (!open) return;
        open = false;
        remove();
        held.topic.holders -= 1;
        if (held.topic.holders === 0) this.#closeSubscription(topic, held);
      },
    });
  }

  async advertise(advertisement: Advertisement, options: OperationOptions = {}): Promise<Publisher> {
    const topic = checkTopicName(advertisement.topic);
    const schema = await this.messageSchema(advertisement.type, options);
    this.#checkOpen(options);
    const present = this.#publishers.get(topic)?.topic;
    if (present !== undefined && (!sameType(present.schema.name, schema.name) || present.schema.text !== schema.text)) {
      throw typeConflict(topic, schema, present.schema);
    }
    const held = this.#publishers.get(topic) ?? this.#openPublisher(topic, schema, advertisement.latched ?? false);
    held.topic.holders += 1;
    this.#monitor.wake();
    await held.topic.known;
    let open = true;
    return {
      schema: held.topic.schema,
      encoding: 'ros1',
      publish: async (data, publishOptions = {}) => {
        this.#checkOpen(publishOptions);
        if (!open) throw new RosError('GRAPH_CLOSED', `The publisher of ${topic} is closed. Advertise again.`);
        return held.topic.publish(data, publishOptions, this.#closing.signal);
      },
      close: () => {
        if (!open) return;
        open = false;
        held.topic.holders -= 1;
        if (held.topic.holders === 0) this.#closePublisher(topic, held);
      },
    };
  }

  async callService(call: ServiceCall, options: OperationOptions = {}): Promise<Uint8Array> {
    return this.#bounded(`call of ${call.service}`, options, (signal) => this.#services.call(call, signal));
  }

  async listParameters(options: OperationOptions = {}): Promise<readonly string[]> {
    return this.#bounded('list of parameters', options, (signal) => this.#parameters.list(signal));
  }

  async getParameter(name: string, options: OperationOptions = {}): Promise<ParameterValue> {
    return this.#bounded(`parameter ${name}`, options, (signal) => this.#parameters.get(name, signal));
  }

  async setParameter(name: string, value: ParameterValue, options: OperationOptions = {}): Promise<void> {
    return this.#bounded(`parameter ${name}`, options, (signal) => this.#parameters.set(name, value, signal));
  }

  async advertiseService(
    advertisement: ServiceAdvertisement,
    handler: ServiceHandler,
    options: OperationOptions = {},
  ): Promise<ProvidedService> {
    return this.#bounded(`provide ${advertisement.service}`, options, async (signal) => {
      const provided = await this.#services.advertise(advertisement, handler, signal);
      this.#monitor.wake();
      return provided;
    });
  }

  async deleteParameter(name: string, options: OperationOptions = {}): Promise<void> {
    return this.#bounded(`parameter ${name}`, options, (signal) => this.#parameters.delete(name, signal));
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort(new RosError('GRAPH_CLOSED', `${this.name} was closed.`));
    this.#monitor.close();
    for (const { topic } of this.#subscriptions.values()) topic.close();
    for (const { topic } of this.#publishers.values()) topic.close();
    this.#services.close();
    await this.#registrar.close(UNREGISTER_TIMEOUT_MS);
    await this.#servers.close();
  }

  #openSubscription(topic: string): Held<TopicSubscription> {
    this.#checkRoom(this.#subscriptions.size, topic);
    const { callerId, clock, maxMessageBytes, definitions } = this.#options;
    const subscription = new TopicSubscription({ topic, callerId, clock, maxMessageBytes, definitions });
    const registration: Registration = {
      role: 'subscriber',
      topic,
      type: '*',
      handlePeers: (uris) => subscription.setPublishers(uris),
      knownPeers: () => subscription.listedPublishers,
    };
    const held = { topic: subscription, registration };
    this.#subscriptions.set(topic, held);
    this.#registrar.add(registration);
    return held;
  }

  #closeSubscription(topic: string, held: Held<TopicSubscription>): void {
    this.#subscriptions.delete(topic);
    held.topic.close();
    this.#registrar.remove(held.registration);
  }

  #openPublisher(topic: string, schema: Schema, latched: boolean): Held<TopicPublisher> {
    this.#checkRoom(this.#publishers.size, topic);
    const { callerId, clock, log } = this.#options;
    const publisher = new TopicPublisher({ topic, schema, latched, callerId, clock, log });
    const registration: Registration = {
      role: 'publisher',
      topic,
      type: schema.name,
      handlePeers: (uris) => publisher.expectSubscribers(uris.length),
    };
    const held = { topic: publisher, registration };
    this.#publishers.set(topic, held);
    this.#registrar.add(registration);
    return held;
  }

  #closePublisher(topic: string, held: Held<TopicPublisher>): void {
    this.#publishers.delete(topic);
    held.topic.close();
    this.#registrar.remove(held.registration);
  }

  #checkRoom(count: number, topic: string): void {
    if (count < MAX_TOPICS) return;
    const text = `${topic} is one topic too many: at most ${MAX_TOPICS} at once. Close others first.`;
    throw new RosError('NOT_SUPPORTED', text, { details: { topic, limit: MAX_TOPICS } });
  }

  #checkOpen(options: OperationOptions): void {
    this.#closing.signal.throwIfAborted();
    options.signal?.throwIfAborted();
  }

  #bounded<T>(what: string, options: OperationOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return bounded(
      `${this.name}: ${what}`,
      { ...options, clock: this.#options.clock, closing: this.#closing.signal },
      work,
    );
  }
}
