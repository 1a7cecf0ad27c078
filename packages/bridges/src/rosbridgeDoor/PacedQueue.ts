import type { Clock, Disposer, Message } from '@longline/ros';

/** Bytes that wait in all paced queues of one reader; beyond it each keeps its newest message only. */
export const MAX_PACED_BYTES = 16 * 1024 * 1024;

/** What all paced queues of one reader hold together. */
export interface PacedBudget {
  bytes: number;
}

/** What a {@link PacedQueue} is given. */
export interface PacedQueueOptions {
  readonly clock: Clock;
  readonly budget: PacedBudget;
  readonly deliver: (message: Message) => void;
}

/**
 * rosbridge's `throttle_rate` and `queue_length`: messages leave at least `intervalMs` apart; of those that wait the newest
 * `depth` are kept, and the last one always leaves.
 */
export class PacedQueue {
  readonly #options: PacedQueueOptions;
  #intervalMs = 0;
  #depth = 1;
  #waiting: Message[] = [];
  #leftMs = Number.NEGATIVE_INFINITY;
  #cancelTimer: Disposer | undefined;

  constructor(options: PacedQueueOptions) {
    this.#options = options;
  }

  /** `depth` is at least 1. What waits goes on waiting, by the new terms. */
  set(intervalMs: number, depth: number): void {
    if (intervalMs === this.#intervalMs && depth === this.#depth) return;
    this.#intervalMs = intervalMs;
    this.#depth = depth;
    this.#shorten();
    if (this.#waiting.length > 0) this.#arm();
  }

  handle(message: Message): void {
    if (this.#waiting.length === 0) {
      if (this.#intervalMs === 0) {
        this.#options.deliver(message);
        return;
      }
      const nowMs = this.#options.clock.monotonicMs();
      if (nowMs - this.#leftMs >= this.#intervalMs) {
        this.#leftMs = nowMs;
        this.#options.deliver(message);
        return;
      }
      this.#push(message);
      this.#arm();
      return;
    }
    this.#push(message);
    this.#shorten();
  }

  /** Forgets what waits. */
  close(): void {
    this.#cancelTimer?.();
    while (this.#waiting.length > 0) this.#shift();
  }

  #push(message: Message): void {
    this.#waiting.push(message);
    this.#options.budget.bytes += message.data.length;
  }

  #shift(): Message | undefined {
    const message = this.#waiting.shift();
    this.#options.budget.bytes -= message?.data.length ?? 0;
    return message;
  }

  #shorten(): void {
    const { budget } = this.#options;
    while (this.#waiting.length > 1 && (this.#waiting.length > this.#depth || budget.bytes > MAX_PACED_BYTES)) {
      this.#shift();
    }
  }

  #arm(): void {
    this.#cancelTimer?.();
    const { clock, deliver } = this.#options;
    const delayMs = Math.max(0, this.#leftMs + this.#intervalMs - clock.monotonicMs());
    this.#cancelTimer = clock.after(delayMs, () => {
      const message = this.#shift();
      if (message === undefined) return;
      this.#leftMs = clock.monotonicMs();
      if (this.#waiting.length > 0) this.#arm();
      deliver(message);
    });
  }
}
