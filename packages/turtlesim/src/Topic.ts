import { Message, RosError, sameType } from '@longline/ros';
import type { Channel, Clock, Schema, TopicInfo } from '@longline/ros';
import type { TopicPublisher } from './TopicPublisher.ts';
import type { TopicSubscription } from './TopicSubscription.ts';
import { NODE_NAME } from './TurtleFrame.ts';

/** The node's name under which this graph's own publishers and subscriptions are listed. */
export const OWN_NODE_NAME = '/longline';

/** One topic: who publishes and who hears it, its channel, and the last message if it is latched. */
export class Topic {
  readonly name: string;
  /** The simulated node publishes it. */
  nodePublishes = false;
  /** What the simulated node does with its messages, if it subscribes. */
  nodeSubscriber: ((data: Uint8Array) => void) | undefined;
  readonly publishers = new Set<TopicPublisher>();
  readonly subscriptions = new Set<TopicSubscription>();
  readonly #clock: Clock;
  #channel: Channel | undefined;
  #sequence = 0;
  #latched: Message | undefined;

  constructor(name: string, clock: Clock) {
    this.name = name;
    this.#clock = clock;
  }

  get isUsed(): boolean {
    return this.isTyped || this.subscriptions.size > 0;
  }

  /** A publisher, or the node as its subscriber, has fixed the type. Before that a subscription only wishes. */
  get isTyped(): boolean {
    return this.nodePublishes || this.nodeSubscriber !== undefined || this.publishers.size > 0;
  }

  get info(): TopicInfo {
    const [wish] = this.subscriptions;
    return {
      name: this.name,
      type: this.#channel?.schema.name ?? wish?.type ?? '',
      publishers: [...(this.nodePublishes ? [NODE_NAME] : []), ...(this.publishers.size > 0 ? [OWN_NODE_NAME] : [])],
      subscribers: [
        ...(this.nodeSubscriber ? [NODE_NAME] : []),
        ...(this.subscriptions.size > 0 ? [OWN_NODE_NAME] : []),
      ],
    };
  }

  /** Throws `TYPE_MISMATCH` when the topic is in use with another type. */
  checkType(type: string): void {
    if (!this.isTyped || !this.#channel || sameType(type, this.#channel.schema.name)) return;
    const actual = this.#channel.schema.name;
    throw new RosError('TYPE_MISMATCH', `Topic ${this.name} has type ${actual}, not ${type}: use ${actual}.`, {
      details: { topic: this.name, expected: type, actual },
    });
  }

  /**
   * The topic carries this type from now on; subscriptions are told when that is news. Call before the role is taken.
   * A publisher of another type that is still there can publish no more.
   */
  setType(schema: Schema, latched: boolean): void {
    const wasTyped = this.isTyped;
    const sameSchema = this.#channel?.schema === schema;
    const keepsLatched = wasTyped && sameSchema && this.#channel?.latched === true;
    if (!sameSchema || this.#channel?.latched !== (latched || keepsLatched)) {
      this.#channel = { topic: this.name, schema, encoding: 'ros1', latched: latched || keepsLatched };
      this.#latched = undefined;
    } else if (wasTyped) {
      return;
    }
    for (const subscription of this.subscriptions) this.#greet(subscription);
  }

  addSubscription(subscription: TopicSubscription): void {
    this.subscriptions.add(subscription);
    if (this.isTyped) this.#greet(subscription);
  }

  /** Hands a message to this graph's subscriptions; `encode` is called only if somebody will see it. */
  publish(encode: (sequence: number, stampNs: bigint) => Uint8Array): void {
    const channel = this.#channel;
    if (!channel || (this.subscriptions.size === 0 && !channel.latched)) return;
    const logTime = this.#clock.wallNs();
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) >>> 0;
    const message = new Message(channel, { sequence, logTime, publishTime: logTime, data: encode(sequence, logTime) });
    if (channel.latched) this.#latched = message;
    for (const subscription of this.subscriptions) subscription.handleMessage(message);
  }

  /** The last publisher that latched went, and its message with it. */
  forgetLatched(): void {
    this.#latched = undefined;
  }

  /** Tells a subscription what there is, once its owner holds it. */
  #greet(subscription: TopicSubscription): void {
    const channel = this.#channel;
    if (!channel) return;
    const latched = this.#latched;
    queueMicrotask(() => {
      if (this.#channel !== channel) return;
      subscription.handleChannel(channel);
      if (latched && latched === this.#latched) subscription.handleMessage(latched);
    });
  }
}
