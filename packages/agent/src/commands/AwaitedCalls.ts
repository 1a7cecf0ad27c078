import { RosError } from '@longline/ros';
import type { Clock, Schema } from '@longline/ros';
import { encodingOf, messageBytes } from './messageBytes.ts';

/** Calls of one service that wait for answers at once; one more fails for its caller. */
export const MAX_AWAITED_CALLS = 100;

interface AwaitedCall {
  readonly schema: Schema;
  readonly resolve: (response: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

const decoder = new TextDecoder();

/** The calls of one provided service whose answers have not come. */
export class AwaitedCalls {
  readonly #clock: Clock;
  readonly #service: string;
  readonly #open = new Map<number, AwaitedCall>();

  constructor(options: { readonly clock: Clock; readonly service: string }) {
    this.#clock = options.clock;
    this.#service = options.service;
  }

  /** No further one may wait. */
  get isFull(): boolean {
    return this.#open.size >= MAX_AWAITED_CALLS;
  }

  /** Resolves to the response. Rejects with `SERVICE_FAILED`, `ROS_TIMEOUT` after `deadlineMs`, the signal's reason. */
  async wait(
    call: number,
    options: { readonly schema: Schema; readonly signal: AbortSignal; readonly deadlineMs: number },
  ): Promise<Uint8Array> {
    const { schema, signal, deadlineMs } = options;
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    this.#open.set(call, { schema, resolve, reject });
    const cancel = this.#clock.after(deadlineMs, () =>
      reject(new RosError('ROS_TIMEOUT', `${this.#service} was not answered within ${deadlineMs} ms by its provider.`)),
    );
    const handleAbort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal.addEventListener('abort', handleAbort, { once: true });
    try {
      return await promise;
    } finally {
      cancel();
      signal.removeEventListener('abort', handleAbort);
      this.#open.delete(call);
    }
  }

  /** Answers a call; false where it is not open. Throws `MESSAGE_INVALID` for a response that the caller cannot be given. */
  settle(call: number, result: boolean, payload: Uint8Array): boolean {
    const awaited = this.#open.get(call);
    if (awaited === undefined) return false;
    this.#open.delete(call);
    if (!result) {
      awaited.reject(new RosError('SERVICE_FAILED', decoder.decode(payload)));
      return true;
    }
    try {
      const encoding = encodingOf(awaited.schema);
      awaited.resolve(messageBytes(awaited.schema, encoding, encoding, payload));
    } catch (error) {
      awaited.reject(
        new RosError('SERVICE_FAILED', `the provider of ${this.#service} answered with no valid response`),
      );
      throw error;
    }
    return true;
  }

  /** All fail for their callers. */
  end(why: string): void {
    for (const { reject } of this.#open.values()) {
      reject(new RosError('SERVICE_FAILED', `${this.#service} was not answered: ${why}.`));
    }
    this.#open.clear();
  }
}
