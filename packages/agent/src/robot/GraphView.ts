import type { Disposer, GraphListener, GraphSnapshot, GraphStatus, RosGraph, TopicInfo } from '@longline/ros';

/** The present state of the robot's ROS, watched once and shared by the agent's parts. */
export class GraphView {
  readonly #graph: RosGraph;
  readonly #listeners = new Set<GraphListener>();
  #status: GraphStatus = {
    state: 'disconnected',
    code: 'ROS_UNREACHABLE',
    reason: 'the agent has not reached ROS yet',
  };
  #snapshot: GraphSnapshot | undefined;
  #topics = new Map<string, TopicInfo>();
  #dispose: Disposer | undefined;

  constructor(graph: RosGraph) {
    this.#graph = graph;
  }

  get status(): GraphStatus {
    return this.#status;
  }

  /** The newest snapshot; it stays while ROS is away. */
  get snapshot(): GraphSnapshot | undefined {
    return this.#snapshot;
  }

  topic(name: string): TopicInfo | undefined {
    return this.#topics.get(name);
  }

  /** The type of a topic, or undefined while it is unknown. */
  typeOf(topic: string): string | undefined {
    return this.#topics.get(topic)?.type || undefined;
  }

  /** Told of changes from now on; read the present state from the properties. */
  watch(listener: GraphListener): Disposer {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A snapshot asked for elsewhere may be newer than what the watch brought. */
  handleSnapshot(snapshot: GraphSnapshot): void {
    this.#snapshot = snapshot;
    this.#topics = new Map(snapshot.topics.map((topic) => [topic.name, topic]));
    for (const listener of this.#listeners) listener.handleGraph?.(snapshot);
  }

  start(): void {
    this.#dispose ??= this.#graph.watch({
      handleStatus: (status) => {
        this.#status = status;
        for (const listener of this.#listeners) listener.handleStatus?.(status);
      },
      handleGraph: (snapshot) => this.handleSnapshot(snapshot),
    });
  }

  stop(): void {
    this.#dispose?.();
    this.#dispose = undefined;
  }
}
