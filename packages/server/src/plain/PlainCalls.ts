import { LonglineError, RosError } from '@longline/ros';
import type { Clock, Disposer } from '@longline/ros';

/** What a device answered. */
export interface PlainResponse {
  /** False: the call failed, and the values say why. */
  readonly result: boolean;
  readonly values: unknown;
}

interface OpenCall {
  readonly service: string;
  readonly resolve: (response: PlainResponse) => void;
  readonly reject: (error: Error) => void;
  readonly cancel: Disposer;
}

/** The calls of a device's services that wait for an answer. How many there are is bounded by the line's requests. */
export class PlainCalls {
  readonly #clock: Clock;
  readonly #open = new Map<string, OpenCall>();
  #next = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Makes a call with an ID of its own by `send`. Rejects with `SERVICE_UNKNOWN` when the service is withdrawn before it answered, with
   * `REPLY_MISSING` at the deadline, and with what `send` throws.
   */
  async call(service: string, deadlineMs: number, send: (id: string) => void): Promise<PlainResponse> {
    const id = `service_request:${service}:${this.#next++}`;
    const { promise, resolve, reject } = Promise.withResolvers<PlainResponse>();
    const cancel = this.#clock.after(deadlineMs, () => reject(unanswered(service, deadlineMs)));
    this.#open.set(id, { service, resolve, reject, cancel });
    try {
      send(id);
      return await promise;
    } finally {
      cancel();
      this.#open.delete(id);
    }
  }

  /** Says false when no call of that ID waits: it may be late. */
  handleResponse(id: string, response: PlainResponse): boolean {
    const call = this.#open.get(id);
    call?.resolve(response);
    return call !== undefined;
  }

  handleWithdrawn(service: string): void {
    for (const call of this.#open.values()) {
      if (call.service !== service) continue;
      call.reject(new RosError('SERVICE_FAILED', `The device withdrew ${service} before it had answered.`));
    }
  }

  /** Ends all waits without a word. */
  close(): void {
    for (const { cancel } of this.#open.values()) cancel();
    this.#open.clear();
  }
}

const unanswered = (service: string, deadlineMs: number): LonglineError =>
  new LonglineError(
    'REPLY_MISSING',
    `${service} did not answer within ${Math.round(deadlineMs)} ms; what it did is unknown`,
  );
