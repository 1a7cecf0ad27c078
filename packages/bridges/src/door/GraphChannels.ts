import { schemaHash } from '@longline/ros';
import type { Channel, Clock, Disposer, Encoding, GraphSnapshot, Log, RosGraph, Schema } from '@longline/ros';
import type { ChannelListener, ChannelSource } from './ChannelSource.ts';
import { DefinitionPool } from './DefinitionPool.ts';

/** Most topics of one robot that are offered; those beyond are left out, and the log says so. */
export const MAX_CHANNELS = 10_000;

/** What {@link GraphChannels} is given. */
export interface GraphChannelsOptions {
  readonly graph: RosGraph;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The topics of any graph as channels: every topic whose type is known, once its definition is. The graph is watched
 * while somebody watches this. Whether a topic is latched is not known here, and told as not.
 */
export class GraphChannels implements ChannelSource {
  readonly #options: GraphChannelsOptions;
  readonly #listeners = new Set<ChannelListener>();
  readonly #channels = new Map<string, Channel>();
  #types: ReadonlyMap<string, string> = new Map();
  #definitions: DefinitionPool<Schema> | undefined;
  #unwatch: Disposer | undefined;

  constructor(options: GraphChannelsOptions) {
    this.#options = options;
  }

  watch(listener: ChannelListener): Disposer {
    this.#listeners.add(listener);
    if (this.#definitions === undefined) this.#start();
    const known = [...this.#channels.values()];
    queueMicrotask(() => {
      if (!this.#listeners.has(listener)) return;
      for (const channel of known) {
        if (this.#channels.get(channel.topic) === channel) listener.handleChannel(channel);
      }
    });
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#stop();
    };
  }

  find(topic: string): Channel | undefined {
    return this.#channels.get(topic);
  }

  list(): Iterable<Channel> {
    return this.#channels.values();
  }

  #start(): void {
    const { graph, clock, log } = this.#options;
    const definitions = new DefinitionPool<Schema>({
      clock,
      ask: (type, signal) => graph.messageSchema(type, { signal }),
      handleKnown: (type, schema) => this.#handleSchema(type, schema),
      handleFailed: (type, error) =>
        log.warn({ graph: graph.name, type, error }, 'topics without a definition are left out'),
    });
    this.#definitions = definitions;
    let wasAway = false;
    this.#unwatch = graph.watch({
      handleGraph: (snapshot) => this.#handleGraph(snapshot),
      handleStatus: ({ state }) => {
        // What ran may have been built anew meanwhile.
        if (state === 'connected' && wasAway) definitions.refresh();
        wasAway = state !== 'connected';
      },
    });
  }

  #stop(): void {
    this.#unwatch?.();
    this.#definitions?.close();
    this.#definitions = undefined;
    this.#types = new Map();
    this.#channels.clear();
  }

  #handleGraph({ topics }: GraphSnapshot): void {
    if (topics.length > MAX_CHANNELS) {
      const { graph, log } = this.#options;
      log.warn(
        { graph: graph.name, topics: topics.length, offered: MAX_CHANNELS },
        'too many topics: some are left out',
      );
    }
    const typed = topics.slice(0, MAX_CHANNELS).filter(({ type }) => type !== '');
    this.#types = new Map(typed.map(({ name, type }) => [name, type]));
    for (const topic of [...this.#channels.keys()]) {
      if (this.#types.has(topic)) continue;
      this.#channels.delete(topic);
      this.#tell((listener) => listener.handleChannelGone(topic));
    }
    this.#definitions?.setWanted(new Set(this.#types.values()));
    for (const [topic, type] of this.#types) {
      const schema = this.#definitions?.get(type);
      if (schema !== undefined) this.#offer(topic, schema);
    }
  }

  #handleSchema(type: string, schema: Schema): void {
    for (const [topic, topicType] of this.#types) if (topicType === type) this.#offer(topic, schema);
  }

  #offer(topic: string, schema: Schema): void {
    const known = this.#channels.get(topic);
    if (known !== undefined && (known.schema === schema || schemaHash(known.schema) === schemaHash(schema))) return;
    const channel: Channel = { topic, schema, encoding: encodingOf(schema), latched: false };
    this.#channels.set(topic, channel);
    this.#tell((listener) => listener.handleChannel(channel));
  }

  #tell(act: (listener: ChannelListener) => void): void {
    for (const listener of [...this.#listeners]) if (this.#listeners.has(listener)) act(listener);
  }
}

function encodingOf({ encoding }: Schema): Encoding {
  switch (encoding) {
    case 'ros1msg':
      return 'ros1';
    case 'ros2msg':
      return 'cdr';
    case '':
      return 'json';
  }
}
