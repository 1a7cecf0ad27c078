import type { Clock, Disposer, GraphSnapshot, RosGraph, TopicInfo } from '@longline/ros';
import { AgentError } from '../errors.ts';
import { OwnNodes } from './OwnNodes.ts';

/** ROS must have answered within this time for anything to move, in milliseconds. */
export const ROS_ANSWER_MS = 2_000;
/** How often it is asked while a lease holds or something is to be stopped, and otherwise, in milliseconds. */
const BUSY_MS = 700;
const IDLE_MS = 30_000;

/** Asks ROS for its graph again and again: the round trip proves it alive, the answer tells who else is there. */
export class RosPulse {
  readonly #graph: RosGraph;
  readonly #clock: Clock;
  readonly #isBusy: () => boolean;
  readonly #handleSnapshot: () => void;
  #topics = new Map<string, TopicInfo>();
  #answeredMs = -Infinity;
  #asking: Promise<void> | undefined;
  #cancelNext: Disposer | undefined;
  #unwatch: Disposer | undefined;
  readonly #own: OwnNodes;
  #isClosed = false;

  constructor(options: {
    readonly graph: RosGraph;
    readonly clock: Clock;
    /** The agent's ROS 1 node. Default: none listens. */
    readonly agentNode?: string | undefined;
    /** It matters now how ROS is. */
    readonly isBusy: () => boolean;
    /** There is a new one. */
    readonly handleSnapshot: () => void;
  }) {
    this.#graph = options.graph;
    this.#own = new OwnNodes(options.graph.name, options.agentNode);
    this.#clock = options.clock;
    this.#isBusy = options.isBusy;
    this.#handleSnapshot = options.handleSnapshot;
  }

  /** Topics of the newest snapshot. */
  get topics(): Iterable<TopicInfo> {
    return this.#topics.values();
  }

  /** The type of a topic; undefined while it is unknown. */
  typeOf(topic: string): string | undefined {
    return this.#topics.get(topic)?.type || undefined;
  }

  /** Who else publishes on a topic, at most 16. */
  othersOn(topic: string): string[] {
    const others = (this.#topics.get(topic)?.publishers ?? []).filter((node) => !this.#own.publishesHere(node));
    return others.slice(0, 16).map((name) => name.slice(0, 1024));
  }

  /** How many of a topic's subscribers are agents that only watch it. */
  watchersOf(topic: string): number {
    return (this.#topics.get(topic)?.subscribers ?? []).filter((node) => this.#own.isConnectedWatcher(node)).length;
  }

  /** Whether anybody but agents hears a topic; a graph that names nobody may not know. */
  isHeard({ publishers, subscribers }: TopicInfo): boolean {
    return publishers.length + subscribers.length === 0 || subscribers.some((node) => !this.#own.drivesNothing(node));
  }

  /** Asks now, and from now on. */
  start(): void {
    this.#unwatch ??= this.#graph.watch({ handleGraph: (snapshot) => this.#take(snapshot) });
    void this.ask();
  }

  /** Asks now. Resolves when ROS answered or failed to; never rejects. */
  ask(): Promise<void> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
      this.#plan();
    });
    return this.#asking;
  }

  /** It matters more than before: asks soon. */
  hurry(): void {
    if (this.#clock.monotonicMs() - this.#answeredMs >= BUSY_MS) void this.ask();
    else if (this.#asking === undefined) this.#plan();
  }

  /** Resolves when ROS is known to live. Rejects with `ROS_SILENT`. */
  async checkAlive(): Promise<void> {
    if (!this.#isAlive) await this.ask();
    if (this.#isAlive) return;
    throw new AgentError(
      'ROS_SILENT',
      `ROS did not answer within ${ROS_ANSWER_MS / 1000} s, so nobody knows whether it would carry a stop. ` +
        'See that the ROS master or bridge runs.',
    );
  }

  close(): void {
    this.#isClosed = true;
    this.#unwatch?.();
    this.#cancelNext?.();
  }

  get #isAlive(): boolean {
    return this.#clock.monotonicMs() - this.#answeredMs <= ROS_ANSWER_MS;
  }

  async #ask(): Promise<void> {
    const askedMs = this.#clock.monotonicMs();
    let snapshot: GraphSnapshot;
    try {
      snapshot = await this.#graph.snapshot({ deadlineMs: ROS_ANSWER_MS });
    } catch {
      return;
    }
    this.#answeredMs = askedMs;
    this.#take(snapshot);
  }

  #take(snapshot: GraphSnapshot): void {
    if (this.#isClosed) return;
    this.#topics = new Map(snapshot.topics.map((topic) => [topic.name, topic]));
    this.#handleSnapshot();
  }

  #plan(): void {
    this.#cancelNext?.();
    if (this.#isClosed) return;
    this.#cancelNext = this.#clock.after(this.#isBusy() ? BUSY_MS : IDLE_MS, () => void this.ask());
  }
}
