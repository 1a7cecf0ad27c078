import { RosError, sameType } from '@longline/ros';
import type { Channel, Disposer, Message, Subscription } from '@longline/ros';
import type { QueueSlot, ReaderQueue } from '../door/ReaderQueue.ts';
import type { OpOf, ClientId } from './ClientOp.ts';
import { PacedQueue } from './PacedQueue.ts';
import type { PacedBudget } from './PacedQueue.ts';
import type { DoorReader } from './DoorReader.ts';
import { SubscriptionSettings } from './SubscriptionSettings.ts';
import type { DeliveryTerms } from './SubscriptionSettings.ts';
import { fragmentFrames } from './transcode/fragmentFrames.ts';
import { frameFor } from './transcode/frameFor.ts';

/** Drops of a topic are told together, so long after the first, in milliseconds. */
const TELL_DROPS_MS = 2_500;

/** What a {@link ReaderSubscription} is given. */
export interface ReaderSubscriptionOptions {
  readonly reader: DoorReader;
  readonly queue: ReaderQueue;
  readonly budget: PacedBudget;
  /** The full name. */
  readonly topic: string;
  /** As the reader calls it. */
  readonly calledAs: string;
  readonly type: string | undefined;
  /** What was published before is not wanted (`qos.durability: volatile`). */
  readonly isVolatile: boolean;
}

/** One topic that one reader hears, whatever number of IDs it asked with: one subscription of the graph, one stream out. */
export class ReaderSubscription implements QueueSlot {
  readonly settings = new SubscriptionSettings();
  readonly type: string | undefined;
  depth = 1;
  readonly #options: ReaderSubscriptionOptions;
  readonly #paced: PacedQueue;
  readonly #openedNs: bigint;
  #terms: DeliveryTerms = { throttleMs: 0, depth: 1, fragmentSize: undefined, compression: 'none' };
  #subscription: Subscription | undefined;
  #checked: Channel | undefined;
  #isWrongType = false;
  /** Of a latched topic: for an ID that comes later. */
  #latched: Message | undefined;
  #fragmented = 0;
  #dropped = 0;
  #cancelDropped: Disposer | undefined;
  #isClosed = false;

  constructor(options: ReaderSubscriptionOptions) {
    const { reader, queue, budget } = options;
    this.#options = options;
    this.type = options.type;
    this.#openedNs = reader.robot.nowNs();
    this.#paced = new PacedQueue({
      clock: reader.clock,
      budget,
      deliver: (message) => queue.push(this, message, reader.clock.monotonicMs()),
    });
  }

  /** Subscribes on the graph; what goes wrong is told to the reader. */
  async open(id: ClientId | undefined): Promise<void> {
    const { reader, topic, type } = this.#options;
    const subject = { about: topic, id };
    try {
      const subscription = await reader.robot.graph.subscribe(type === undefined ? { topic } : { topic, type }, {
        handleChannel: (channel) => this.#check(channel),
        handleMessage: (message) => this.#handleMessage(message),
        handleProblem: (error) => reader.statuses.refuse(error, subject),
      });
      if (this.#isClosed) subscription.close();
      else this.#subscription = subscription;
    } catch (error) {
      if (!this.#isClosed) reader.statuses.refuse(error, subject);
    }
  }

  /** Another ID, or the same with other settings. */
  set(op: OpOf<'subscribe'>): void {
    const isNew = this.settings.size > 0 && !this.settings.has(op.id);
    this.settings.set(op);
    this.handleSettings();
    // The others have had it; this one expects it.
    if (isNew && this.#latched !== undefined && op.qos?.durability !== 'volatile') this.#deliver(this.#latched);
  }

  /** An ID came, went or changed. */
  handleSettings(): void {
    this.#terms = this.settings.terms;
    this.depth = this.#terms.depth;
    this.#paced.set(this.#terms.throttleMs, this.#terms.depth);
  }

  encode(message: Message): string | Uint8Array | readonly string[] {
    const { reader, calledAs, topic } = this.#options;
    const { compression, fragmentSize } = this.#terms;
    try {
      const frame = frameFor(message, calledAs, compression);
      if (fragmentSize === undefined || typeof frame !== 'string') return frame;
      return fragmentFrames(frame, fragmentSize, `${topic}:${this.#fragmented++}`);
    } catch (error) {
      reader.statuses.refuse(error, { about: topic });
      return [];
    }
  }

  handleDropped(count: number): void {
    this.#dropped += count;
    const { reader } = this.#options;
    this.#cancelDropped ??= reader.clock.after(TELL_DROPS_MS, () => {
      this.#cancelDropped = undefined;
      this.#tellDropped();
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelDropped?.();
    this.#subscription?.close();
    this.#paced.close();
    this.#options.queue.forget(this);
  }

  #tellDropped(): void {
    const { reader, topic } = this.#options;
    const words = `${this.#dropped} messages of ${topic} were dropped: this connection takes fewer than come`;
    this.#dropped = 0;
    reader.statuses.warn(words, { about: topic });
  }

  #handleMessage(message: Message): void {
    if (this.#isClosed) return;
    const { channel } = message;
    if (channel !== this.#checked) this.#check(channel);
    if (this.#isWrongType) return;
    if (channel.latched) {
      this.#latched = message;
      if (this.#options.isVolatile && message.logTime < this.#openedNs) return;
    }
    this.#deliver(message);
  }

  #deliver(message: Message): void {
    this.#paced.handle(message);
  }

  #check(channel: Channel): void {
    this.#checked = channel;
    const { reader, topic, type } = this.#options;
    const actual = channel.schema.name;
    this.#isWrongType = type !== undefined && actual !== '' && !sameType(type, actual);
    if (this.#isWrongType) reader.statuses.refuse(typeMismatch(topic, actual, type ?? ''), { about: topic });
  }
}

/** A `TYPE_MISMATCH` about a topic. */
export function typeMismatch(topic: string, actual: string, given: string): RosError {
  return new RosError('TYPE_MISMATCH', `Topic ${topic} has type ${actual}, not ${given}: use that type or none.`, {
    details: { topic, actual, given },
  });
}
