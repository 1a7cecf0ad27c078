import { isLonglineError, sameType } from '@longline/ros';
import type { GraphSnapshot, Message, RosValue, Subscription } from '@longline/ros';
import type { QueueSlot } from '../door/ReaderQueue.ts';
import type { ReaderContext } from './ReaderContext.ts';
import { timeFrame } from './serverFrame.ts';

/** How often the simulated time is told, in hertz. */
const TIME_RATE_HZ = 20;

/** The robot's simulated time, where ROS runs on one: told only once it was heard, for a viewer that was promised it waits for it. */
export class RobotTime implements QueueSlot {
  readonly depth = 1;
  readonly #context: ReaderContext;
  readonly #handleFirst: () => void;
  #subscription: Promise<Subscription> | undefined;
  #isHeard = false;
  #isOpen = false;

  /** `handleFirst` is told when there is a simulated time. */
  constructor(context: ReaderContext, handleFirst: () => void) {
    this.#context = context;
    this.#handleFirst = handleFirst;
  }

  get isHeard(): boolean {
    return this.#isHeard;
  }

  /** From here on the reader is told. */
  open(): void {
    this.#isOpen = true;
  }

  handleGraph({ topics }: GraphSnapshot): void {
    const clock = topics.find(({ name }) => name === '/clock');
    if (clock === undefined || !sameType(clock.type, 'rosgraph_msgs/Clock')) return;
    this.#subscription ??= this.#subscribe();
  }

  encode(message: Message): Uint8Array {
    return timeFrame(clockNs(message) ?? 0n);
  }

  handleDropped(): void {
    // Only the newest time is of use.
  }

  /** Idempotent. */
  close(): void {
    this.#isOpen = false;
    this.#context.queue.forget(this);
    this.#subscription?.then(
      (subscription) => subscription.close(),
      () => undefined,
    );
    this.#subscription = undefined;
  }

  #subscribe(): Promise<Subscription> {
    const subscription = this.#context.robot.graph.subscribe(
      { topic: '/clock', rateHz: TIME_RATE_HZ },
      { handleMessage: (message) => this.#handle(message) },
    );
    subscription.catch((error: unknown) => this.#context.log.debug({ error }, 'the simulated time is not told'));
    return subscription;
  }

  #handle(message: Message): void {
    if (clockNs(message) === undefined) return;
    if (!this.#isHeard) {
      this.#isHeard = true;
      this.#handleFirst();
    }
    if (this.#isOpen) this.#context.queue.push(this, message, this.#context.clock.monotonicMs());
  }
}

const clockNs = (message: Message): bigint | undefined => message.transcoded(readClock);

function readClock(message: Message): bigint | undefined {
  try {
    return nanoseconds(message.value['clock']);
  } catch (error) {
    if (isLonglineError(error)) return undefined;
    throw error;
  }
}

function nanoseconds(time: RosValue | undefined): bigint | undefined {
  if (typeof time !== 'object' || !('sec' in time) || !('nsec' in time)) return undefined;
  const { sec, nsec } = time;
  return typeof sec === 'number' && typeof nsec === 'number' ? BigInt(sec) * 1_000_000_000n + BigInt(nsec) : undefined;
}
