import { checkTopicName, codecFor, RosError, sameType } from '@longline/ros';
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
import { bridgeJson } from '../link/bridgeJson.ts';
import { BridgePublisher } from '../link/BridgePublisher.ts';
import { BridgeLink } from './BridgeLink.ts';
import type { BridgeSession } from './BridgeLink.ts';
import type { OpenBridgeSocket } from '../link/BridgeSocket.ts';
import { callBounds } from '../link/CallBounds.ts';
import type { CallBounds } from '../link/CallBounds.ts';
import { BridgedServices } from './BridgedServices.ts';
import { GraphMonitor } from './GraphMonitor.ts';
import { ProblemLog } from '../link/ProblemLog.ts';
import { provideService } from './provideService.ts';
import { acceptedValues } from './Rosapi.ts';
import { encodingOf, startSession } from './startSession.ts';
import type { RosbridgeSession } from './startSession.ts';
import { TopicFeed } from './TopicFeed.ts';

/** Most topics read, and most publishers held, through one graph; a further one is refused with `NOT_SUPPORTED`. */
export const MAX_FEEDS = 4_096;
export const MAX_PUBLISHERS = 4_096;

export interface RosbridgeGraphOptions {
  readonly url: string;
  readonly openSocket: OpenBridgeSocket;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

/** A robot behind a rosbridge server of ROS 1 or ROS 2. See `openRosbridge`. */
export class RosbridgeGraph implements RosGraph {
  readonly name: string;
  readonly #options: RosbridgeGraphOptions;
  readonly #link: BridgeLink;
  readonly #monitor: GraphMonitor;
  readonly #problems: ProblemLog;
  readonly #feeds = new Map<string, TopicFeed>();
  readonly #publishers = new Set<BridgePublisher>();
  readonly #services = new BridgedServices();
  #session: RosbridgeSession | undefined;
  #nextPublisher = 0;
  #closed = false;

  constructor(options: RosbridgeGraphOptions) {
    this.#options = options;
    const { url, openSocket, clock, random, log } = options;
    this.name = url.replace(/^ws/, 'rosbridge');
    this.#problems = new ProblemLog({ clock, log, url });
    this.#monitor = new GraphMonitor(
      {
        clock,
        rosapi: () => this.#session?.link.pulse,
        serviceType: (service) => this.#session?.definitions.knownServiceType(service),
        handleTopics: () => this.#forEachFeed((feed) => feed.handleGraph()),
      },
      { state: 'disconnected', code: 'ROS_UNREACHABLE', reason: `Connecting to ${url}.` },
    );
    this.#link = new BridgeLink({
      url,
      openSocket,
      clock,
      random,
      listener: {
        handleSession: (session) => this.#handleSession(session),
        handleStatus: (status) => this.#monitor.handleStatus(status),
        handleRaw: (topic, bytes) => this.#feeds.get(topic)?.handleRaw(bytes),
        handlePublish: ({ topic, msg }) => this.#feeds.get(topic)?.handleJson(msg),
        handleServiceCall: (call) => this.#services.handleCall(call),
        handleProblem: (problem) => this.#problems.handle(problem),
        pulse: (_, bounds) => this.#pulse(bounds),
        isWatched: () => this.#monitor.isWatched || this.#hasUnresolved(),
      },
    });
  }

  watch(listener: GraphListener): Disposer {
    this.#checkOpen();
    return this.#monitor.watch(listener);
  }

  async snapshot(options?: OperationOptions): Promise<GraphSnapshot> {
    this.#present();
    return this.#monitor.ask(callBounds(options));
  }

  async messageSchema(type: string, options?: OperationOptions): Promise<Schema> {
    return this.#present().definitions.messageSchema(type, callBounds(options));
  }

  async serviceSchema(service: string, options?: OperationOptions): Promise<ServiceSchema> {
    return this.#present().definitions.serviceSchema(checkTopicName(service), callBounds(options));
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- refusals are rejections, as everywhere in a RosGraph
  async subscribe(
    request: SubscribeRequest,
    listener: SubscriptionListener,
    options?: OperationOptions,
  ): Promise<Subscription> {
    this.#checkOpen();
    options?.signal?.throwIfAborted();
    const topic = checkTopicName(request.topic);
    let feed = this.#feeds.get(topic);
    if (feed === undefined) {
      if (this.#feeds.size >= MAX_FEEDS) throw tooMany('topics', MAX_FEEDS);
      const fresh = new TopicFeed({
        topic,
        clock: this.#options.clock,
        handleUnused: () => {
          if (this.#feeds.get(topic) === fresh) this.#feeds.delete(topic);
        },
      });
      feed = fresh;
      this.#feeds.set(topic, feed);
      feed.handleSession(this.#session?.feeds);
    }
    const dispose = feed.add(request, listener);
    return { close: dispose };
  }

  async advertise(advertisement: Advertisement, options?: OperationOptions): Promise<Publisher> {
    const topic = checkTopicName(advertisement.topic);
    const { definitions, link } = this.#present();
    const schema = await definitions.messageSchema(advertisement.type, callBounds(options));
    const present = this.#monitor.typeOf(topic);
    if (present !== undefined && !sameType(present, schema.name)) throw typeMismatch(topic, schema.name, present);
    this.#checkOpen();
    if (this.#publishers.size >= MAX_PUBLISHERS) throw tooMany('publishers', MAX_PUBLISHERS);
    const publisher = new BridgePublisher({
      advertisement: { ...advertisement, topic },
      schema,
      encoding: encodingOf(link.rosVersion),
      clock: this.#options.clock,
      handleClose: () => this.#publishers.delete(publisher),
    });
    this.#publishers.add(publisher);
    publisher.handleSession(this.#session?.publishers);
    await publisher.discovered;
    return publisher;
  }

  async callService(call: ServiceCall, options?: OperationOptions): Promise<Uint8Array> {
    const service = checkTopicName(call.service);
    const { definitions, link } = this.#present();
    const encoding = encodingOf(link.rosVersion);
    const { clock } = this.#options;
    const startMs = clock.monotonicMs();
    const { deadlineMs, signal } = callBounds(options);
    const { request, response } = await definitions.serviceSchema(service, { deadlineMs, signal });
    const argsJson = bridgeJson(request, encoding, call.data);
    const leftMs = Math.max(1, deadlineMs - (clock.monotonicMs() - startMs));
    const answer = await link.calls.call({ service, argsJson }, { deadlineMs: leftMs, signal });
    return codecFor(response, encoding).encode(acceptedValues(service, answer));
  }

  async listParameters(options?: OperationOptions): Promise<readonly string[]> {
    return this.#present().parameters.list(callBounds(options));
  }

  async getParameter(name: string, options?: OperationOptions): Promise<ParameterValue> {
    return this.#present().parameters.get(name, callBounds(options));
  }

  async setParameter(name: string, value: ParameterValue, options?: OperationOptions): Promise<void> {
    return this.#present().parameters.set(name, value, callBounds(options));
  }

  async advertiseService(
    advertisement: ServiceAdvertisement,
    handler: ServiceHandler,
    options?: OperationOptions,
  ): Promise<ProvidedService> {
    const { definitions, rosapi } = this.#present();
    return provideService(advertisement, handler, {
      definitions,
      rosapi,
      services: this.#services,
      clock: this.#options.clock,
      bounds: callBounds(options),
    });
  }

  async deleteParameter(name: string, options?: OperationOptions): Promise<void> {
    return this.#present().parameters.delete(name, callBounds(options));
  }

  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#forEachFeed((feed) => feed.close());
      this.#feeds.clear();
      for (const publisher of [...this.#publishers]) publisher.close();
      this.#services.close();
      this.#problems.close();
    }
    await this.#link.close();
  }

  #handleSession(link: BridgeSession | undefined): void {
    this.#session =
      link &&
      startSession(link, {
        clock: this.#options.clock,
        typeOf: (topic) => this.#monitor.typeOf(topic),
        hasTopicOfType: (type) => this.#monitor.hasTopicOfType(type),
        isReadHere: (topic) => this.#feeds.has(topic),
        nextPublisher: () => this.#nextPublisher++,
      });
    if (link) this.#monitor.handleSession(link.rosVersion);
    this.#forEachFeed((feed) => feed.handleSession(this.#session?.feeds));
    for (const publisher of [...this.#publishers]) publisher.handleSession(this.#session?.publishers);
    this.#services.handleSession(this.#session?.services);
  }

  async #pulse(pulseBounds: CallBounds): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    if (!this.#monitor.isWatched && this.#feeds.size === 0) {
      await session.link.pulse.getTime(pulseBounds);
      return;
    }
    await this.#monitor.pollTopics(pulseBounds);
    this.#forEachFeed((feed) => feed.handleGraph());
    // The topics' names prove ROS alive; what else is asked may fail.
    if (this.#monitor.isWatched) await this.#monitor.pollRest(pulseBounds).catch(() => undefined);
  }

  #hasUnresolved(): boolean {
    for (const feed of this.#feeds.values()) if (feed.isUnresolved) return true;
    return false;
  }

  #forEachFeed(action: (feed: TopicFeed) => void): void {
    for (const feed of [...this.#feeds.values()]) action(feed);
  }

  #checkOpen(): void {
    if (this.#closed)
      throw new RosError('GRAPH_CLOSED', `The connection to ${this.name} was closed here. Open it again.`);
  }

  #present(): RosbridgeSession {
    this.#checkOpen();
    if (this.#session?.link.hasRosapi) return this.#session;
    const { status } = this.#monitor;
    throw new RosError(
      'ROS_UNREACHABLE',
      status.state === 'disconnected' ? status.reason : `${this.name} is being connected. Try again in a moment.`,
      { details: { url: this.#options.url } },
    );
  }
}

const tooMany = (what: string, limit: number): RosError =>
  new RosError('NOT_SUPPORTED', `One graph holds at most ${limit} ${what}. Close some that are not needed.`, {
    details: { limit },
  });

const typeMismatch = (topic: string, type: string, present: string): RosError =>
  new RosError('TYPE_MISMATCH', `${topic} has the type ${present} on the robot; ${type} cannot be published there.`, {
    details: { topic, expected: present, got: type },
  });
