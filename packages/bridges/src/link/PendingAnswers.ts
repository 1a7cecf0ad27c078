import { RosError } from '@longline/ros';
import type { Clock } from '@longline/ros';
import type { CallBounds } from './CallBounds.ts';

interface Pending<T> {
  readonly settle: (outcome: T | Error) => void;
}

export interface PendingAnswersOptions {
  readonly clock: Clock;
  /** What is asked, for people: `service calls`. */
  readonly what: string;
  /** Most questions that wait for an answer; a further one is refused with `ROS_TIMEOUT`. */
  readonly limit: number;
}

/** Questions under way, by the key that their answers carry. */
export class PendingAnswers<K, T> {
  readonly #options: PendingAnswersOptions;
  readonly #pending = new Map<K, Pending<T>>();

  constructor(options: PendingAnswersOptions) {
    this.#options = options;
  }

  /** Sends and waits; `late` makes the error for when the deadline passes. Rejects with the signal's reason. */
  ask(key: K, { deadlineMs, signal }: CallBounds, send: () => void, late: () => Error): Promise<T> {
    const { clock, what, limit } = this.#options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(abortReason(signal));
      if (this.#pending.size >= limit) return reject(tooMany(what, limit));
      const cancelTimer = clock.after(deadlineMs, () => this.settle(key, late()));
      const handleAbort = (): void => {
        if (signal) this.settle(key, abortReason(signal));
      };
      signal?.addEventListener('abort', handleAbort);
      this.#pending.set(key, {
        settle: (outcome) => {
          cancelTimer();
          signal?.removeEventListener('abort', handleAbort);
          if (outcome instanceof Error) reject(outcome);
          else resolve(outcome);
        },
      });
      send();
    });
  }

  /** False where nobody waits for it (any more). */
  settle(key: K, outcome: T | Error): boolean {
    const pending = this.#pending.get(key);
    this.#pending.delete(key);
    pending?.settle(outcome);
    return pending !== undefined;
  }

  /** Settles all whose key is meant. */
  settleWhere(isMeant: (key: K) => boolean, outcome: T | Error): void {
    for (const key of [...this.#pending.keys()]) if (isMeant(key)) this.settle(key, outcome);
  }

  failAll(error: Error): void {
    this.settleWhere(() => true, error);
  }
}

const tooMany = (what: string, limit: number): RosError =>
  new RosError('ROS_TIMEOUT', `${limit} ${what} wait for the robot's bridge already. Try again later.`, {
    details: { limit },
  });

const abortReason = (signal: AbortSignal): Error =>
  signal.reason instanceof Error ? signal.reason : new Error('Aborted', { cause: signal.reason });
