import type { GraphSnapshot } from '@longline/ros';
import type { ReaderContext } from './ReaderContext.ts';
import type { GraphUpdate } from './ServerOp.ts';

/** Names of nodes, by topic or service. */
type NodesByName = ReadonlyMap<string, readonly string[]>;

interface GraphView {
  readonly published: NodesByName;
  readonly subscribed: NodesByName;
  readonly services: NodesByName;
}

const nothing: GraphView = { published: new Map(), subscribed: new Map(), services: new Map() };

/** Who publishes, subscribes and provides: everything first, then what changed, while the reader wants it. */
export class ConnectionGraph {
  readonly #send: ReaderContext['send'];
  #view: GraphView | undefined;
  #told: GraphView | undefined;

  constructor({ send }: Pick<ReaderContext, 'send'>) {
    this.#send = send;
  }

  subscribe(): void {
    this.#told ??= nothing;
    if (this.#told === nothing) this.#tell();
  }

  unsubscribe(): void {
    this.#told = undefined;
  }

  handleGraph({ topics, services }: GraphSnapshot): void {
    this.#view = {
      published: new Map(topics.map(({ name, publishers }) => [name, publishers])),
      subscribed: new Map(topics.map(({ name, subscribers }) => [name, subscribers])),
      services: new Map(services.map(({ name, providers }) => [name, providers])),
    };
    this.#tell();
  }

  #tell(): void {
    const [before, now] = [this.#told, this.#view];
    if (before === undefined || now === undefined) return;
    this.#told = now;
    const update = difference(before, now);
    const isFirst = before === nothing;
    if (isFirst || Object.values(update).some((list: readonly unknown[]) => list.length > 0)) {
      this.#send({ op: 'connectionGraphUpdate', ...update });
    }
  }
}

function difference(before: GraphView, now: GraphView): GraphUpdate {
  return {
    publishedTopics: changed(before.published, now.published).map(([name, publisherIds]) => ({ name, publisherIds })),
    subscribedTopics: changed(before.subscribed, now.subscribed).map(([name, subscriberIds]) => ({
      name,
      subscriberIds,
    })),
    advertisedServices: changed(before.services, now.services).map(([name, providerIds]) => ({ name, providerIds })),
    removedTopics: removed(before.published, now.published),
    removedServices: removed(before.services, now.services),
  };
}

/** A name that is new and has nobody is left out, except for services: not every robot tells who provides them. */
function changed(before: NodesByName, now: NodesByName): [string, readonly string[]][] {
  return [...now].filter(([name, nodes]) => {
    const earlier = before.get(name);
    return earlier === undefined || earlier.length !== nodes.length || earlier.some((node, i) => node !== nodes[i]);
  });
}

const removed = (before: NodesByName, now: NodesByName): string[] =>
  [...before.keys()].filter((name) => !now.has(name));
