import { RosError, sameType } from '@longline/ros';
import { DoorError } from '../door/DoorError.ts';
import type { ReaderQueue } from '../door/ReaderQueue.ts';
import type { ClientId, OpOf } from './ClientOp.ts';
import type { DoorReader } from './DoorReader.ts';
import type { PacedBudget } from './PacedQueue.ts';
import { ReaderSubscription, typeMismatch } from './ReaderSubscription.ts';
import { resolveName } from './resolveName.ts';
import { MAX_IDS_PER_TOPIC } from './SubscriptionSettings.ts';

/** Topics that one reader hears at a time. */
export const MAX_READER_SUBSCRIPTIONS = 1_000;

/** What one reader hears. */
export class ReaderSubscriptions {
  readonly #reader: DoorReader;
  readonly #queue: ReaderQueue;
  readonly #budget: PacedBudget = { bytes: 0 };
  /** By the name that the reader uses: what goes out bears it. */
  readonly #byName = new Map<string, ReaderSubscription>();

  constructor(reader: DoorReader, queue: ReaderQueue) {
    this.#reader = reader;
    this.#queue = queue;
  }

  get size(): number {
    return this.#byName.size;
  }

  /** Throws `NAME_INVALID`, `TYPE_MISMATCH`, `LIMIT_EXCEEDED`. */
  subscribe(op: OpOf<'subscribe'>): void {
    const topic = resolveName(op.topic);
    const known = this.#byName.get(op.topic);
    if (known !== undefined) {
      if (op.type !== undefined && known.type !== undefined && !sameType(op.type, known.type)) {
        throw typeMismatch(topic, known.type, op.type);
      }
      if (known.settings.size >= MAX_IDS_PER_TOPIC && !known.settings.has(op.id)) {
        throw tooMany(`${MAX_IDS_PER_TOPIC} subscriptions to ${topic}`);
      }
      known.set(op);
      return;
    }
    if (this.#byName.size >= MAX_READER_SUBSCRIPTIONS) throw tooMany(`${MAX_READER_SUBSCRIPTIONS} topics`);
    const subscription = new ReaderSubscription({
      reader: this.#reader,
      queue: this.#queue,
      budget: this.#budget,
      topic,
      calledAs: op.topic,
      type: op.type,
      isVolatile: op.qos?.durability === 'volatile',
    });
    this.#byName.set(op.topic, subscription);
    subscription.set(op);
    void subscription.open(op.id);
    if (op.type === undefined) void this.#tellUnknown(topic, op.id);
  }

  /** Without an ID all of them; what is not there is gone already. */
  unsubscribe(name: string, id: ClientId | undefined): void {
    const known = this.#byName.get(name);
    if (known === undefined) return;
    if (id !== undefined) {
      known.settings.delete(id);
      if (known.settings.size > 0) {
        known.handleSettings();
        return;
      }
    }
    known.close();
    this.#byName.delete(name);
  }

  close(): void {
    for (const subscription of this.#byName.values()) subscription.close();
    this.#byName.clear();
  }

  /** Nobody can say the type of a topic that is nowhere; the subscription goes on waiting for it. */
  async #tellUnknown(topic: string, id: ClientId | undefined): Promise<void> {
    const { robot, graphView, statuses } = this.#reader;
    if (robot.channels.find(topic) !== undefined) return;
    try {
      const { topics } = await graphView.snapshot();
      if (topics.some(({ name }) => name === topic) || robot.channels.find(topic) !== undefined) return;
      throw new RosError(
        'TOPIC_UNKNOWN',
        `The robot has no topic ${topic} yet, and no type was given. Its messages come when it appears.`,
        { details: { topic } },
      );
    } catch (error) {
      statuses.refuse(error, { about: topic, id });
    }
  }
}

const tooMany = (what: string): DoorError =>
  new DoorError('LIMIT_EXCEEDED', `One connection has at most ${what}. End some, or open another connection.`);
