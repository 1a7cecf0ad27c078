import { reconnectDelayMs, STABLE_CONNECTION_MS } from '@longline/ros';
import type { Clock } from '@longline/ros';
import { pause } from './pause.ts';

export interface ReconnectorOptions {
  readonly clock: Clock;
  /** In 0..1. */
  readonly random: () => number;
  /** Connects and serves; resolves to the reason of the end, a sentence for people. Ends soon after `closing` is aborted. */
  readonly runSession: (closing: AbortSignal) => Promise<string>;
  /** Told why a session ended, before the pause that precedes the next one. */
  readonly handleEnd: (reason: string) => void;
}

/** Runs one session after another for as long as it is open, with jittered pauses that begin small after a stable one. */
export class Reconnector {
  readonly #options: ReconnectorOptions;
  readonly #running: Promise<void>;
  readonly #closing = new AbortController();

  constructor(options: ReconnectorOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** Idempotent; waits until nothing more will be told. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    // Connecting begins after the constructor's caller has what it needs to be told.
    await Promise.resolve();
    const { clock, random, runSession, handleEnd } = this.#options;
    const closing = this.#closing.signal;
    let attempt = 0;
    while (!closing.aborted) {
      const startedMs = clock.monotonicMs();
      const reason = await runSession(closing);
      if (isAborted(closing)) return;
      handleEnd(reason);
      attempt = clock.monotonicMs() - startedMs >= STABLE_CONNECTION_MS ? 0 : attempt + 1;
      await pause(clock, reconnectDelayMs(attempt, random()), closing);
    }
  }
}

/** It changes while something is waited for, which the compiler does not know. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;
