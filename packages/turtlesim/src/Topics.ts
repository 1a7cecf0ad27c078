import { RosError, checkTopicName } from '@longline/ros';
import type {
  Advertisement,
  Clock,
  Publisher,
  Schema,
  SubscribeRequest,
  Subscription,
  SubscriptionListener,
  TopicInfo,
} from '@longline/ros';
import { messageDefinition } from './definitions.ts';
import { Topic } from './Topic.ts';
import { TopicPublisher } from './TopicPublisher.ts';
import { TopicSubscription } from './TopicSubscription.ts';

/** Publishers and subscriptions of this graph's users at once; one more is refused. */
export const MAX_ENDPOINTS = 10_000;

export interface TopicsOptions {
  readonly clock: Clock;
  /** Topics, or who publishes and hears them, changed. */
  readonly handleChange: () => void;
}

/** All topics of the simulated robot: those of its node and those that this graph's users made. */
export class Topics {
  readonly #options: TopicsOptions;
  readonly #topics = new Map<string, Topic>();
  readonly #endpoints = new Set<TopicPublisher | TopicSubscription>();

  constructor(options: TopicsOptions) {
    this.#options = options;
  }

  /** Every topic that somebody publishes or hears, by name. */
  get infos(): TopicInfo[] {
    return [...this.#topics.values()].map((topic) => topic.info).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** What the simulated node publishes. */
  get nodePublications(): string[] {
    return [...this.#topics.values()].filter((topic) => topic.nodePublishes).map((topic) => topic.name);
  }

  /** Throws `TYPE_MISMATCH` when the topic is in use with another type. */
  checkType(name: string, schema: Schema): void {
    this.#topics.get(name)?.checkType(schema.name);
  }

  addNodePublisher(name: string, schema: Schema, latched = false): Topic {
    const topic = this.#provide(name);
    topic.setType(schema, latched);
    topic.nodePublishes = true;
    this.#options.handleChange();
    return topic;
  }

  addNodeSubscriber(name: string, schema: Schema, hear: (data: Uint8Array) => void): void {
    const topic = this.#provide(name);
    topic.setType(schema, false);
    topic.nodeSubscriber = hear;
    this.#options.handleChange();
  }

  /** The node leaves the topic in every role. */
  removeNode(name: string): void {
    const topic = this.#topics.get(name);
    if (!topic) return;
    topic.nodePublishes = false;
    topic.nodeSubscriber = undefined;
    this.#release(topic);
  }

  subscribe(request: SubscribeRequest, listener: SubscriptionListener): Subscription {
    checkTopicName(request.topic);
    this.#checkRoom();
    const subscription = new TopicSubscription(request, listener, {
      clock: this.#options.clock,
      handleClose: () => {
        this.#endpoints.delete(subscription);
        topic.subscriptions.delete(subscription);
        this.#release(topic);
      },
    });
    const topic = this.#provide(request.topic);
    this.#endpoints.add(subscription);
    topic.addSubscription(subscription);
    this.#options.handleChange();
    return subscription;
  }

  advertise(advertisement: Advertisement): Publisher {
    checkTopicName(advertisement.topic);
    this.#checkRoom();
    const schema = messageDefinition(advertisement.type);
    this.checkType(advertisement.topic, schema);
    const latched = advertisement.latched ?? false;
    const topic = this.#provide(advertisement.topic);
    topic.setType(schema, latched);
    const publisher = new TopicPublisher(topic, schema, latched, () => {
      this.#endpoints.delete(publisher);
      topic.publishers.delete(publisher);
      if (![...topic.publishers].some((other) => other.latched) && !topic.nodePublishes) topic.forgetLatched();
      this.#release(topic);
    });
    this.#endpoints.add(publisher);
    topic.publishers.add(publisher);
    this.#options.handleChange();
    return publisher;
  }

  /** Ends every publisher and subscription. */
  close(): void {
    for (const endpoint of [...this.#endpoints]) endpoint.close();
  }

  #provide(name: string): Topic {
    let topic = this.#topics.get(name);
    if (!topic) {
      topic = new Topic(name, this.#options.clock);
      this.#topics.set(name, topic);
    }
    return topic;
  }

  #release(topic: Topic): void {
    if (!topic.isUsed) this.#topics.delete(topic.name);
    this.#options.handleChange();
  }

  #checkRoom(): void {
    if (this.#endpoints.size < MAX_ENDPOINTS) return;
    throw new RosError(
      'NOT_SUPPORTED',
      `A turtlesim graph has at most ${MAX_ENDPOINTS} publishers and subscriptions at once: close some first.`,
    );
  }
}
