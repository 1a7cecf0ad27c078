import { RosError, codecFor } from '@longline/ros';
import type { OperationOptions, Publisher, PublishReceipt, Schema } from '@longline/ros';
import type { Topic } from './Topic.ts';

/** One of this graph's publishers. */
export class TopicPublisher implements Publisher {
  readonly schema: Schema;
  readonly encoding = 'ros1';
  readonly latched: boolean;
  readonly #topic: Topic;
  readonly #handleClose: (publisher: TopicPublisher) => void;
  #closed = false;

  constructor(topic: Topic, schema: Schema, latched: boolean, handleClose: (publisher: TopicPublisher) => void) {
    this.schema = schema;
    this.latched = latched;
    this.#topic = topic;
    this.#handleClose = handleClose;
  }

  /**
   * Rejects with `MESSAGE_INVALID` when the bytes do not match the definition, `GRAPH_CLOSED` after `close`,
   * `TYPE_MISMATCH` when the node has taken the topic for another type meanwhile. The receipt counts
   * the simulated node only: this graph's own subscriptions are no proof that the robot heard.
   */
  publish(data: Uint8Array, options: OperationOptions = {}): Promise<PublishReceipt> {
    return new Promise((resolve) => {
      options.signal?.throwIfAborted();
      resolve(this.#publish(data));
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#handleClose(this);
  }

  #publish(data: Uint8Array): PublishReceipt {
    if (this.#closed) {
      throw new RosError('GRAPH_CLOSED', `The publisher of ${this.#topic.name} is closed: advertise the topic again.`);
    }
    this.#topic.checkType(this.schema.name);
    codecFor(this.schema, this.encoding).validate(data);
    const hear = this.#topic.nodeSubscriber;
    hear?.(data);
    this.#topic.publish(() => data);
    return { subscribers: hear ? 1 : 0 };
  }
}
