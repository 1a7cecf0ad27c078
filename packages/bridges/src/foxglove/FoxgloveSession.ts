import { RosError } from '@longline/ros';
import type { Advertisement, Clock, Encoding, GraphSnapshot, Schema, ServiceInfo, TopicInfo } from '@longline/ros';
import type { CallBounds } from '../link/CallBounds.ts';
import type { PublishPort } from '../link/BridgePublisher.ts';
import { ClientChannels } from './ClientChannels.ts';
import type { ChannelFeed, FeedSession } from './ChannelFeed.ts';
import type { ServiceAnswer } from './FoxgloveDecoder.ts';
import { FoxgloveDefinitions } from './FoxgloveDefinitions.ts';
import type { FoxgloveEnd, FoxgloveWire } from './FoxgloveLink.ts';
import type { AdvertisedChannel, AdvertisedService, FoxgloveParameter, GraphUpdate, ServerInfo } from './FoxgloveOp.ts';
import { GraphQuestion } from './GraphQuestion.ts';
import { ParameterRequests } from './ParameterRequests.ts';
import { rosVersionOf } from './rosVersionOf.ts';
import { ServerChannels } from './ServerChannels.ts';
import type { ServerChannel } from './ServerChannels.ts';
import { ServerServices } from './ServerServices.ts';
import { ServerSubscriptions } from './ServerSubscriptions.ts';
import { ServiceCalls } from './ServiceCalls.ts';

export interface FoxgloveSessionOptions {
  readonly wire: FoxgloveWire;
  readonly clock: Clock;
  /** The server has said what it has by itself, or its connection ended. */
  readonly handleSession: (session: FoxgloveSession | undefined) => void;
  /** Channels came or went. */
  readonly handleChannels: () => void;
  /** Something of the graph changed. */
  readonly handleGraph: () => void;
  readonly handleProblem: (problem: string) => void;
}

/** Words of the server are shown so far, in characters. */
const MAX_SHOWN = 300;

/** All that holds for one connection to a Foxglove server. */
export class FoxgloveSession implements FoxgloveEnd, FeedSession {
  readonly services = new ServerServices();
  readonly calls: ServiceCalls;
  readonly parameters: ParameterRequests;
  readonly definitions: FoxgloveDefinitions;
  readonly question: GraphQuestion;
  readonly #options: FoxgloveSessionOptions;
  readonly #welcome = Promise.withResolvers<undefined>();
  readonly #channels: ServerChannels;
  readonly #subscriptions: ServerSubscriptions;
  readonly #published: ClientChannels;
  #info: ServerInfo | undefined;
  #rosVersion: 1 | 2 | undefined;
  #isReady = false;

  constructor(options: FoxgloveSessionOptions) {
    this.#options = options;
    const { wire, clock, handleProblem } = options;
    const send = (op: object): void => wire.send(JSON.stringify(op));
    this.#channels = new ServerChannels(handleProblem);
    this.#subscriptions = new ServerSubscriptions(send, (id) => this.#channels.has(id));
    this.#published = new ClientChannels((data) => wire.send(data));
    this.calls = new ServiceCalls((frame) => wire.send(frame), clock);
    this.parameters = new ParameterRequests((text) => wire.send(text), clock);
    this.question = new GraphQuestion(send, clock);
    this.definitions = new FoxgloveDefinitions({ rosVersion: () => this.rosVersion, schemas: () => this.#schemas() });
  }

  get welcomed(): Promise<undefined> {
    return this.#welcome.promise;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Once something told, it stays. */
  get rosVersion(): 1 | 2 {
    if (this.#info !== undefined) this.#rosVersion ??= rosVersionOf(this.#info, this.#channels.list());
    return this.#rosVersion ?? 2;
  }

  /** In which this robot's ROS serializes. */
  get encoding(): Encoding {
    return this.rosVersion === 1 ? 'ros1' : 'cdr';
  }

  /** Servers that replay or simulate send their time themselves. */
  get hasSimulatedTime(): boolean {
    return this.offers('time');
  }

  offers(capability: string): boolean {
    return this.#info?.capabilities.includes(capability) ?? false;
  }

  /** Throws `NOT_SUPPORTED` where the server does not offer it. */
  require(capability: string, what: string): void {
    if (this.offers(capability)) return;
    throw new RosError(
      'NOT_SUPPORTED',
      `The Foxglove server does not offer ${what} (its capabilities lack "${capability}"). Allow it in the bridge's configuration.`,
      { details: { capability } },
    );
  }

  newest(topic: string): ServerChannel | RosError | undefined {
    return this.#channels.newest(topic);
  }

  typeOf(topic: string): string {
    return this.#channels.typeOf(topic);
  }

  subscribe(channel: ServerChannel, feed: ChannelFeed): void {
    this.#subscriptions.subscribe(channel, feed);
  }

  unsubscribe(channel: ServerChannel): void {
    this.#subscriptions.unsubscribe(channel);
  }

  /** Throws nothing: what the server cannot take is refused by `handleRefused`. */
  advertise(advertisement: Advertisement, schema: Schema, handleRefused: (error: RosError) => void): PublishPort {
    this.question.refresh();
    const supported = this.#info?.supportedEncodings;
    return this.#published.open({
      topic: advertisement.topic,
      schema,
      native: this.encoding,
      supported,
      handleRefused,
    });
  }

  bufferedBytes(): number {
    return this.#options.wire.bufferedBytes();
  }

  /** Who is on the graph, as far as the server tells. */
  snapshot(): GraphSnapshot {
    const { graph } = this.question;
    const topics = new Set([...this.#channels.topics(), ...graph.topics()]);
    const rows: TopicInfo[] = [];
    for (const name of topics) {
      const type = this.#channels.typeOf(name);
      // ROS 2 keeps what it does for itself under such names.
      if (type === '' && name.includes('/_')) continue;
      rows.push({ name, type, publishers: graph.publishers(name), subscribers: graph.subscribers(name) });
    }
    const services = [...this.services.names()].map((name): ServiceInfo => ({
      name,
      type: this.services.typeOf(name),
      providers: graph.providers(name),
    }));
    return { rosVersion: this.rosVersion, topics: rows.toSorted(byName), services: services.toSorted(byName) };
  }

  /** Everything as of now. */
  async ask(bounds: CallBounds): Promise<void> {
    await Promise.all([this.question.ask(bounds), this.#options.wire.roundTrip(bounds)]);
  }

  handleServerInfo(info: ServerInfo): void {
    const isOther = this.#info !== undefined && this.#info.sessionId !== info.sessionId;
    this.#info = info;
    if (isOther) this.question.handleOffered(false);
    this.question.handleOffered(info.capabilities.includes('connectionGraph'));
    this.#welcome.resolve(undefined);
  }

  handleReady(): void {
    this.#isReady = true;
    this.#options.handleSession(this);
  }

  handleEnd(error: RosError): void {
    this.#options.handleSession(undefined);
    this.calls.handleEnd(error);
    this.parameters.handleEnd(error);
    this.question.handleEnd(error);
  }

  handleChannels(channels: readonly AdvertisedChannel[]): void {
    this.#channels.handleAdvertised(channels);
    this.#handleChannelsChanged();
  }

  handleChannelsGone(ids: readonly number[]): void {
    this.#channels.handleGone(ids);
    this.#handleChannelsChanged();
  }

  handleServices(services: readonly AdvertisedService[]): void {
    this.services.handleAdvertised(services);
    this.definitions.handleChanged();
    this.#options.handleGraph();
  }

  handleServicesGone(ids: readonly number[]): void {
    this.services.handleGone(ids);
    this.definitions.handleChanged();
    this.#options.handleGraph();
  }

  handleGraphUpdate(update: GraphUpdate): void {
    this.question.handleUpdate(update);
    this.#options.handleGraph();
  }

  handleParameters(parameters: readonly FoxgloveParameter[], id: string | undefined): void {
    this.parameters.handleValues(parameters, id);
  }

  handleMessage(subscriptionId: number, logTime: bigint, data: Uint8Array): void {
    this.#subscriptions.handleMessage(subscriptionId, logTime, data);
  }

  handleServiceAnswer(callId: number, answer: ServiceAnswer): void {
    this.calls.handleAnswer(callId, answer);
  }

  handleServiceFailure(callId: number, message: string): void {
    this.calls.handleFailure(callId, message.slice(0, MAX_SHOWN));
  }

  handleStatus(level: number, message: string): void {
    const shown = message.slice(0, MAX_SHOWN);
    if (level >= 2) this.#published.handleError(shown);
    if (level >= 1) this.#options.handleProblem(`the server reports: ${shown}`);
  }

  handleProblem(problem: string): void {
    this.#options.handleProblem(problem);
  }

  #handleChannelsChanged(): void {
    this.definitions.handleChanged();
    this.#options.handleChannels();
    this.#options.handleGraph();
  }

  *#schemas(): Iterable<Schema> {
    for (const { schema } of this.#channels.list()) yield schema;
    for (const { request, response } of this.services.schemas(this.rosVersion)) {
      yield request;
      yield response;
    }
  }
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
