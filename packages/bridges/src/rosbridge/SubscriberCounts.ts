import type { Clock } from '@longline/ros';
import type { Rosapi } from './Rosapi.ts';

/** How long a count holds, in milliseconds. */
export const COUNT_AGE_MS = 1_000;
/** How long one who publishes waits for a count, in milliseconds: a stream of commands must not stall for it. */
export const COUNT_WAIT_MS = 250;
/** Most topics whose counts are kept; beyond, all are forgotten. */
const MAX_COUNTS = 4_096;
/** How long the question may take, in milliseconds. */
const DEADLINE_MS = 2_000;

interface Count {
  readonly askedMs: number;
  readonly answer: Promise<number | undefined>;
}

export interface SubscriberCountsOptions {
  readonly rosapi: Rosapi;
  readonly clock: Clock;
  /** Whether this program reads the topic itself, so that the bridge is among its subscribers. */
  readonly isReadHere: (topic: string) => boolean;
}

/** How many nodes subscribe to a topic, asked at most once a second. */
export class SubscriberCounts {
  readonly #options: SubscriberCountsOptions;
  readonly #counts = new Map<string, Count>();

  constructor(options: SubscriberCountsOptions) {
    this.#options = options;
  }

  /** `undefined` where the robot does not say within {@link COUNT_WAIT_MS}. Never rejects. */
  count(topic: string): Promise<number | undefined> {
    const { clock } = this.#options;
    let count = this.#counts.get(topic);
    if (count === undefined || clock.monotonicMs() - count.askedMs >= COUNT_AGE_MS) {
      if (this.#counts.size >= MAX_COUNTS) this.#counts.clear();
      count = { askedMs: clock.monotonicMs(), answer: this.#ask(topic) };
      this.#counts.set(topic, count);
    }
    const { answer } = count;
    return new Promise((resolve) => {
      const cancel = clock.after(COUNT_WAIT_MS, () => resolve(undefined));
      void answer.then((value) => {
        cancel();
        resolve(value);
      });
    });
  }

  async #ask(topic: string): Promise<number | undefined> {
    try {
      const names = await this.#options.rosapi.subscribers(topic, { deadlineMs: DEADLINE_MS });
      const isReadHere = this.#options.isReadHere(topic);
      return names.filter((name) => !(isReadHere && /\/rosbridge_websocket\w*$/.test(name))).length;
    } catch {
      return undefined;
    }
  }
}
