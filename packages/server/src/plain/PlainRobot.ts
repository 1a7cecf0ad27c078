import { LineError } from '@longline/line';
import type { AdvertisedChannel } from '@longline/line';
import { checkTopicName } from '@longline/ros';
import type { GraphSnapshot, Schema, ServiceSchema } from '@longline/ros';

/** A topic that the device publishes. */
export interface PlainTopic {
  readonly channel: AdvertisedChannel;
  /** Of its next message. */
  sequence: number;
}

/** A topic that the device wants to receive. */
export interface PlainSubscription {
  /** As the device wrote it: it looks for its topic by that. */
  readonly told: string;
  readonly schema: Schema;
  /** Of each `subscribe` that was not taken back. */
  readonly ids: Set<string>;
}

/** A service that the device answers. */
export interface PlainService {
  readonly told: string;
  readonly schema: ServiceSchema;
}

/** Topics published, topics received and services of one device: so many of each, a further one is refused with `LIMIT_EXCEEDED`. */
const MAX_EACH = 1_000;

/** What a plain device has told of itself on its connection, by absolute names. */
export class PlainRobot {
  readonly topics = new Map<string, PlainTopic>();
  readonly subscriptions = new Map<string, PlainSubscription>();
  readonly services = new Map<string, PlainService>();
  readonly #node: string;
  #nextChannel = 0;

  constructor(device: string) {
    this.#node = `/${device}`;
  }

  nextChannelId(): number {
    return this.#nextChannel++;
  }

  snapshot(): GraphSnapshot {
    const { services, subscriptions, topics } = this;
    const node = [this.#node];
    const names = new Set([...topics.keys(), ...subscriptions.keys()]);
    return {
      rosVersion: 1,
      topics: [...names].map((name) => ({
        name,
        type: this.typeOf(name) ?? '',
        publishers: topics.has(name) ? node : [],
        subscribers: subscriptions.has(name) ? node : [],
      })),
      services: [...services].map(([name, { schema }]) => ({ name, type: schema.name, providers: node })),
    };
  }

  typeOf(topic: string): string | undefined {
    return (this.subscriptions.get(topic)?.schema ?? this.topics.get(topic)?.channel.schema)?.name;
  }

  /** Whether it publishes or receives messages of that type. */
  uses(type: string): boolean {
    const isIt = ({ name }: Schema): boolean => name === type;
    return (
      this.topics.values().some(({ channel }) => isIt(channel.schema)) ||
      this.subscriptions.values().some(({ schema }) => isIt(schema))
    );
  }
}

/** An absolute name: devices may leave the first slash out. Throws `NAME_INVALID`. */
export const absoluteName = (name: string): string => checkTopicName(name.startsWith('/') ? name : `/${name}`);

/** Throws `LIMIT_EXCEEDED`. */
export function checkRoom(map: ReadonlyMap<string, unknown>, what: string): void {
  if (map.size < MAX_EACH) return;
  throw new LineError('LIMIT_EXCEEDED', `A plain device has at most ${MAX_EACH} ${what}. Take some back first.`);
}
