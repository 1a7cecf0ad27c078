import { RosError } from '@longline/ros';
import type { Clock, Disposer, GraphListener, GraphSnapshot, GraphStatus, ServiceInfo, TopicInfo } from '@longline/ros';
import { GraphWatchers } from '../link/GraphWatchers.ts';
import type { CallBounds } from '../link/CallBounds.ts';
import type { Rosapi, TypedTopic } from './Rosapi.ts';

/** Most topics of one robot that are looked at. */
const MAX_TOPICS = 10_000;
/** How many topics' publishers and subscribers are asked for in one poll; every topic gets its turn. */
export const NODES_ASKED_PER_POLL = 4;
/** Services change seldom: they are asked for in every so many polls. */
const POLLS_PER_SERVICES = 3;

interface NodeNames {
  readonly publishers: readonly string[];
  readonly subscribers: readonly string[];
}

export interface GraphMonitorOptions {
  readonly clock: Clock;
  /** The present session's; `undefined` while there is none. */
  readonly rosapi: () => Rosapi | undefined;
  readonly serviceType: (service: string) => string | undefined;
  /** Something of the topics' names or types changed. */
  readonly handleTopics: () => void;
}

/**
 * What is known of the robot's graph, and who wants to know: asks rosapi, compares, tells the listeners.
 *
 * Names of nodes cost two calls per topic, so they come a few topics at a time; types of services cost one each and are
 * given only where they were needed anyway.
 */
export class GraphMonitor {
  readonly #options: GraphMonitorOptions;
  readonly #watchers: GraphWatchers;
  #rosVersion: 1 | 2 = 2;
  #topics: readonly TypedTopic[] = [];
  #types = new Map<string, string>();
  #services: readonly string[] = [];
  #nodes = new Map<string, NodeNames>();
  #nextNodes = 0;
  #polls = 0;

  constructor(options: GraphMonitorOptions, status: GraphStatus) {
    this.#options = options;
    this.#watchers = new GraphWatchers(status);
  }

  get isWatched(): boolean {
    return this.#watchers.isWatched;
  }

  get status(): GraphStatus {
    return this.#watchers.status;
  }

  watch(listener: GraphListener): Disposer {
    return this.#watchers.watch(listener);
  }

  /** What is known now. */
  snapshot(): GraphSnapshot {
    return {
      rosVersion: this.#rosVersion,
      topics: this.#topics.map(({ topic, type }): TopicInfo => ({
        name: topic,
        type,
        ...(this.#nodes.get(topic) ?? noNodes),
      })),
      services: this.#services.map((name): ServiceInfo => ({
        name,
        type: this.#options.serviceType(name) ?? '',
        providers: [],
      })),
    };
  }

  /** The type of an existing topic. */
  typeOf(topic: string): string | undefined {
    return this.#types.get(topic) || undefined;
  }

  hasTopicOfType(type: string): boolean {
    return this.#topics.some((topic) => topic.type === type);
  }

  /** A session with the server began; nothing of an earlier one holds. */
  handleSession(rosVersion: 1 | 2): void {
    this.#rosVersion = rosVersion;
    this.#nodes = new Map();
    this.#polls = 0;
  }

  handleStatus(status: GraphStatus): void {
    this.#watchers.handleStatus(status);
  }

  /** One question to ROS for the names and types of all topics: a round trip, and news for the listeners. */
  async pollTopics(bounds: CallBounds): Promise<void> {
    const rosapi = this.#options.rosapi();
    if (rosapi === undefined) return;
    const topics = (await rosapi.topics(bounds)).slice(0, MAX_TOPICS).toSorted(byTopic);
    if (JSON.stringify(topics) !== JSON.stringify(this.#topics)) {
      this.#topics = topics;
      this.#types = new Map(topics.map(({ topic, type }) => [topic, type]));
      for (const topic of this.#nodes.keys()) if (!this.#types.has(topic)) this.#nodes.delete(topic);
      this.#options.handleTopics();
      if (this.#watchers.isKnown) this.#tell();
    }
  }

  /** What listeners want to know beyond {@link pollTopics}; rejects as the calls do, having kept what came. */
  async pollRest(bounds: CallBounds): Promise<void> {
    const rosapi = this.#options.rosapi();
    if (rosapi === undefined) return;
    try {
      if (this.#polls++ % POLLS_PER_SERVICES === 0) this.#services = (await rosapi.services(bounds)).toSorted();
      const unasked = this.#topics.filter(({ topic }) => !this.#nodes.has(topic)).slice(0, NODES_ASKED_PER_POLL);
      const turn = unasked.length > 0 ? unasked : this.#nextTurn();
      for (const { topic } of turn) {
        const names = await askNodes(rosapi, topic, bounds);
        if (this.#types.has(topic)) this.#nodes.set(topic, names);
      }
    } finally {
      this.#tell();
    }
  }

  /** Names and services at once, for one who asked. */
  async ask(bounds: CallBounds): Promise<GraphSnapshot> {
    await this.pollTopics(bounds);
    const rosapi = this.#options.rosapi();
    if (rosapi !== undefined) this.#services = (await rosapi.services(bounds)).toSorted();
    this.#tell();
    return this.snapshot();
  }

  #nextTurn(): TypedTopic[] {
    const start = this.#nextNodes >= this.#topics.length ? 0 : this.#nextNodes;
    this.#nextNodes = start + NODES_ASKED_PER_POLL;
    return this.#topics.slice(start, this.#nextNodes);
  }

  #tell(): void {
    this.#watchers.handleGraph(this.snapshot());
  }
}

/** A server may refuse: an older one, or because the topic went away. */
async function askNodes(rosapi: Rosapi, topic: string, bounds: CallBounds): Promise<NodeNames> {
  try {
    return { publishers: await rosapi.publishers(topic, bounds), subscribers: await rosapi.subscribers(topic, bounds) };
  } catch (error) {
    if (error instanceof RosError && (error.code === 'SERVICE_FAILED' || error.code === 'SERVICE_UNKNOWN'))
      return noNodes;
    throw error;
  }
}

const noNodes: NodeNames = { publishers: [], subscribers: [] };

const byTopic = (a: TypedTopic, b: TypedTopic): number => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : 0);
