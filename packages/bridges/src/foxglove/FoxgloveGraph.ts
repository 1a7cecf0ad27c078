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
  ServiceCall,
  ServiceSchema,
  SubscribeRequest,
  Subscription,
  SubscriptionListener,
} from '@longline/ros';
import { BridgePublisher } from '../link/BridgePublisher.ts';
import type { PublishSession } from '../link/BridgePublisher.ts';
import type { OpenBridgeSocket } from '../link/BridgeSocket.ts';
import { callBounds } from '../link/CallBounds.ts';
import { GraphWatchers } from '../link/GraphWatchers.ts';
import { ProblemLog } from '../link/ProblemLog.ts';
import { ChannelFeed } from './ChannelFeed.ts';
import { FoxgloveLink } from './FoxgloveLink.ts';
import { FoxgloveParameters } from './FoxgloveParameters.ts';
import { FoxgloveSession } from './FoxgloveSession.ts';

/** Most topics read, and most publishers held, through one graph; a further one is refused with `NOT_SUPPORTED`. */
export const MAX_FEEDS = 4_096;
export const MAX_PUBLISHERS = 4_096;
/** Changes of the graph that come together are told together, in milliseconds. */
const TELL_DELAY_MS = 20;
/** While somebody watches, who publishes and subscribes is asked for anew where it may be old, in milliseconds. */
const LOOK_INTERVAL_MS = 5_000;
/** The node of a Foxglove bridge. */
const bridgeNode = /\/foxglove_bridge\w*$/;

export interface FoxgloveGraphOptions {
  readonly url: string;
  readonly openSocket: OpenBridgeSocket;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

/** A robot behind a Foxglove WebSocket server. See `openFoxglove`. */
export class FoxgloveGraph implements RosGraph {
  readonly name: string;
  readonly #options: FoxgloveGraphOptions;
  readonly #link: FoxgloveLink;
  readonly #watchers: GraphWatchers;
  readonly #problems: ProblemLog;
  readonly #feeds = new Map<string, ChannelFeed>();
  readonly #publishers = new Set<BridgePublisher>();
  #session: FoxgloveSession | undefined;
  #cancelTell: Disposer | undefined;
  #cancelLook: Disposer | undefined;
  #closed = false;

  constructor(options: FoxgloveGraphOptions) {
    this.#options = options;
    const { url, openSocket, clock, random, log } = options;
    this.name = url.replace(/^ws/, 'foxglove');
    this.#problems = new ProblemLog({ clock, log, url });
    this.#watchers = new GraphWatchers({
      state: 'disconnected',
      code: 'ROS_UNREACHABLE',
      reason: `Connecting to ${url}.`,
    });
    this.#link = new FoxgloveLink({
      url,
      openSocket,
      clock,
      random,
      openSession: (wire) =>
        new FoxgloveSession({
          wire,
          clock,
          handleSession: (session) => this.#handleSession(session),
          handleChannels: () => this.#forEachFeed((feed) => feed.handleChannels()),
          handleGraph: () => this.#tellSoon(),
          handleProblem: (problem) => this.#problems.handle(problem),
        }),
      handleStatus: (status) => this.#watchers.handleStatus(status),
    });
  }

  watch(listener: GraphListener): Disposer {
    this.#checkOpen();
    const unwatch = this.#watchers.watch(listener);
    this.#look();
    return unwatch;
  }

  async snapshot(options?: OperationOptions): Promise<GraphSnapshot> {
    const session = this.#present();
    await session.ask(callBounds(options));
    const snapshot = session.snapshot();
    if (session === this.#session) this.#watchers.handleGraph(snapshot);
    return snapshot;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- refusals are rejections, as everywhere in a RosGraph
  async messageSchema(type: string): Promise<Schema> {
    return this.#present().definitions.find(type);
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async serviceSchema(service: string): Promise<ServiceSchema> {
    const session = this.#present();
    return session.services.find(checkTopicName(service), session.rosVersion).schema;
  }

  // eslint-disable-next-line @typescript-eslint/require-await
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
      const fresh = new ChannelFeed({
        topic,
        clock: this.#options.clock,
        handleUnused: () => {
          if (this.#feeds.get(topic) === fresh) this.#feeds.delete(topic);
        },
      });
      feed = fresh;
      this.#feeds.set(topic, feed);
      feed.handleSession(this.#session);
    }
    return { close: feed.add(request, listener) };
  }

  async advertise(advertisement: Advertisement, options?: OperationOptions): Promise<Publisher> {
    const topic = checkTopicName(advertisement.topic);
    options?.signal?.throwIfAborted();
    const session = this.#present();
    session.require('clientPublish', 'publishing');
    const schema = session.definitions.find(advertisement.type);
    const present = session.typeOf(topic);
    if (present !== '' && !sameType(present, schema.name)) throw typeMismatch(topic, schema.name, present);
    if (this.#publishers.size >= MAX_PUBLISHERS) throw tooMany('publishers', MAX_PUBLISHERS);
    const publisher = new BridgePublisher({
      advertisement: { ...advertisement, topic },
      schema,
      encoding: session.encoding,
      clock: this.#options.clock,
      handleClose: () => this.#publishers.delete(publisher),
    });
    this.#publishers.add(publisher);
    publisher.handleSession(this.#publishSession(session));
    await publisher.discovered;
    if (publisher.refusal === undefined) return publisher;
    publisher.close();
    throw publisher.refusal;
  }

  async callService(call: ServiceCall, options?: OperationOptions): Promise<Uint8Array> {
    const name = checkTopicName(call.service);
    const session = this.#present();
    const service = session.services.find(name, session.rosVersion);
    session.require('services', 'service calls');
    return session.calls.call(name, service, session.encoding, call.data, callBounds(options));
  }

  advertiseService(): Promise<ProvidedService> {
    return Promise.reject(
      new RosError(
        'NOT_SUPPORTED',
        'Services cannot be provided on a robot behind a Foxglove server: its protocol has none from clients. Use rosbridge:// or ros1://.',
      ),
    );
  }

  async listParameters(options?: OperationOptions): Promise<readonly string[]> {
    return this.#parameters().list(callBounds(options));
  }

  async getParameter(name: string, options?: OperationOptions): Promise<ParameterValue> {
    return this.#parameters().get(name, callBounds(options));
  }

  async setParameter(name: string, value: ParameterValue, options?: OperationOptions): Promise<void> {
    return this.#parameters().set(name, value, callBounds(options));
  }

  async deleteParameter(name: string, options?: OperationOptions): Promise<void> {
    return this.#parameters().delete(name, callBounds(options));
  }

  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#forEachFeed((feed) => feed.close());
      this.#feeds.clear();
      for (const publisher of [...this.#publishers]) publisher.close();
      this.#problems.close();
      this.#cancelTell?.();
      this.#cancelLook?.();
    }
    await this.#link.close();
  }

  #handleSession(session: FoxgloveSession | undefined): void {
    this.#session = session;
    this.#forEachFeed((feed) => feed.handleSession(session));
    for (const publisher of [...this.#publishers]) publisher.handleSession(session && this.#publishSession(session));
    if (session !== undefined && !this.#closed) this.#watchers.handleGraph(session.snapshot());
  }

  #publishSession(session: FoxgloveSession): PublishSession {
    return {
      advertise: (advertisement, schema, handleRefused) => session.advertise(advertisement, schema, handleRefused),
      bufferedBytes: () => session.bufferedBytes(),
      countSubscribers: (topic) => Promise.resolve(this.#countSubscribers(session, topic)),
    };
  }

  /** Without those who only read it through this graph; `undefined` where the server does not tell. */
  #countSubscribers(session: FoxgloveSession, topic: string): number | undefined {
    const { question } = session;
    question.refresh();
    if (!question.graph.isKnown) return undefined;
    const isReadHere = this.#feeds.has(topic);
    return question.graph.subscribers(topic).filter((node) => !(isReadHere && bridgeNode.test(node))).length;
  }

  #parameters(): FoxgloveParameters {
    const session = this.#present();
    session.require('parameters', 'parameters');
    return new FoxgloveParameters(session.parameters, session.rosVersion);
  }

  #tellSoon(): void {
    if (this.#closed || this.#session === undefined) return;
    this.#cancelTell ??= this.#options.clock.after(TELL_DELAY_MS, () => {
      this.#cancelTell = undefined;
      if (this.#session !== undefined) this.#watchers.handleGraph(this.#session.snapshot());
    });
  }

  #look(): void {
    this.#cancelLook ??= this.#options.clock.after(LOOK_INTERVAL_MS, () => {
      this.#cancelLook = undefined;
      if (this.#closed || !this.#watchers.isWatched) return;
      this.#session?.question.refresh();
      this.#look();
    });
  }

  #forEachFeed(action: (feed: ChannelFeed) => void): void {
    for (const feed of [...this.#feeds.values()]) action(feed);
  }

  #checkOpen(): void {
    if (this.#closed)
      throw new RosError('GRAPH_CLOSED', `The connection to ${this.name} was closed here. Open it again.`);
  }

  #present(): FoxgloveSession {
    this.#checkOpen();
    if (this.#session !== undefined) return this.#session;
    const { status } = this.#watchers;
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
