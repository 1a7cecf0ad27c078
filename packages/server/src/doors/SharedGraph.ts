import type {
  Advertisement,
  Clock,
  Disposer,
  GraphListener,
  GraphSnapshot,
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
import { FreshAnswers } from './FreshAnswers.ts';
import { untilAborted } from './untilAborted.ts';

/** Questions about the graph within this many milliseconds are one. */
const SNAPSHOT_FRESH_MS = 250;
/** A definition that was asked for holds so long, in milliseconds, and no longer than the robot's line. */
const DEFINITION_FRESH_MS = 60_000;

/**
 * One robot for all doors' sessions of one principal: what they watch is watched once, what they ask at the same time is asked
 * once, and the robot's definitions are. It ends with the last of them; `close` of one does nothing.
 */
export class SharedGraph implements RosGraph {
  readonly #graph: RosGraph;
  readonly #snapshots: FreshAnswers<GraphSnapshot>;
  readonly #messages: FreshAnswers<Schema>;
  readonly #services: FreshAnswers<ServiceSchema>;
  readonly #listeners = new Set<GraphListener>();
  readonly #stopWatchingStatus: Disposer;
  #stopWatching: Disposer | undefined;
  #snapshot: GraphSnapshot | undefined;

  constructor(graph: RosGraph, clock: Clock) {
    this.#graph = graph;
    this.#snapshots = new FreshAnswers({ clock, freshMs: SNAPSHOT_FRESH_MS, ask: () => graph.snapshot() });
    const definitions = { clock, freshMs: DEFINITION_FRESH_MS };
    this.#messages = new FreshAnswers({ ...definitions, ask: (type) => graph.messageSchema(type) });
    this.#services = new FreshAnswers({ ...definitions, ask: (service) => graph.serviceSchema(service) });
    this.#stopWatchingStatus = graph.watch({
      handleStatus: () => {
        this.#messages.clear();
        this.#services.clear();
      },
    });
  }

  get name(): string {
    return this.#graph.name;
  }

  watch(listener: GraphListener): Disposer {
    const stopStatus =
      listener.handleStatus === undefined
        ? undefined
        : this.#graph.watch({ handleStatus: (status) => listener.handleStatus?.(status) });
    if (listener.handleGraph !== undefined) this.#watchGraph(listener);
    return () => {
      stopStatus?.();
      if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
      this.#stopWatching?.();
      this.#stopWatching = this.#snapshot = undefined;
    };
  }

  snapshot({ signal }: OperationOptions = {}): Promise<GraphSnapshot> {
    return untilAborted(this.#snapshots.get(''), signal);
  }

  messageSchema(type: string, { signal }: OperationOptions = {}): Promise<Schema> {
    return untilAborted(this.#messages.get(type), signal);
  }

  serviceSchema(service: string, { signal }: OperationOptions = {}): Promise<ServiceSchema> {
    return untilAborted(this.#services.get(service), signal);
  }

  subscribe(
    request: SubscribeRequest,
    listener: SubscriptionListener,
    options?: OperationOptions,
  ): Promise<Subscription> {
    return this.#graph.subscribe(request, listener, options);
  }

  advertise(advertisement: Advertisement, options?: OperationOptions): Promise<Publisher> {
    return this.#graph.advertise(advertisement, options);
  }

  callService(call: ServiceCall, options?: OperationOptions): Promise<Uint8Array> {
    return this.#graph.callService(call, options);
  }

  async advertiseService(
    advertisement: ServiceAdvertisement,
    handler: ServiceHandler,
    options?: OperationOptions,
  ): Promise<ProvidedService> {
    const service = await this.#graph.advertiseService(advertisement, handler, options);
    this.handleChange();
    return service;
  }

  /** A reader changed the graph itself: what was asked before does not hold. */
  handleChange(): void {
    this.#snapshots.clear();
  }

  listParameters(options?: OperationOptions): Promise<readonly string[]> {
    return this.#graph.listParameters(options);
  }

  getParameter(name: string, options?: OperationOptions): Promise<ParameterValue> {
    return this.#graph.getParameter(name, options);
  }

  setParameter(name: string, value: ParameterValue, options?: OperationOptions): Promise<void> {
    return this.#graph.setParameter(name, value, options);
  }

  deleteParameter(name: string, options?: OperationOptions): Promise<void> {
    return this.#graph.deleteParameter(name, options);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** The last session is gone. */
  end(): Promise<void> {
    this.#stopWatchingStatus();
    this.#stopWatching?.();
    this.#listeners.clear();
    return this.#graph.close();
  }

  #watchGraph(listener: GraphListener): void {
    this.#listeners.add(listener);
    const known = this.#snapshot;
    if (known !== undefined) {
      queueMicrotask(() => {
        if (this.#snapshot === known && this.#listeners.has(listener)) listener.handleGraph?.(known);
      });
    }
    this.#stopWatching ??= this.#graph.watch({
      handleGraph: (snapshot) => {
        this.#snapshot = snapshot;
        for (const each of [...this.#listeners]) each.handleGraph?.(snapshot);
      },
    });
  }
}
