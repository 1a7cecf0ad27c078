import type { ServiceHandler, ServiceSchema } from '@longline/ros';
import type { Reply } from './OpenRequests.ts';
import type { RemoteRobot } from './RemoteGraph.ts';

/** Calls of one service that are being answered at once; one more fails for its caller. */
export const MAX_SERVICE_CALLS = 100;
/** A call whose deadline is not told is given up after so long, in milliseconds. */
const DEFAULT_CALL_DEADLINE_MS = 5_000;
const MAX_ERROR_LENGTH = 2_000;

export interface ServiceCallsOptions {
  readonly robot: Pick<RemoteRobot, 'clock' | 'request'>;
  readonly service: string;
  readonly handler: ServiceHandler;
}

const encoder = new TextEncoder();

/** The calls of a service while it is provided on one line. */
export class ServiceCalls {
  readonly #options: ServiceCallsOptions;
  readonly #open = new Set<AbortController>();
  /** Calls that came before the word that the service is known. */
  readonly #early: Reply[] = [];
  #schema: ServiceSchema | undefined;
  #ended = false;

  constructor(options: ServiceCallsOptions) {
    this.#options = options;
  }

  get hasBegun(): boolean {
    return this.#schema !== undefined;
  }

  /** ROS knows the service. */
  begin(schema: ServiceSchema): ServiceSchema {
    this.#schema = schema;
    for (const reply of this.#early.splice(0)) this.handleCall(reply);
    return schema;
  }

  /** The payload may be a view that is valid during the call only. */
  handleCall(reply: Reply): void {
    const { call, deadlineMs = DEFAULT_CALL_DEADLINE_MS } = reply;
    if (this.#ended || call === undefined) return;
    const schema = this.#schema;
    if (this.#open.size + this.#early.length >= MAX_SERVICE_CALLS) {
      void this.#respond(
        call,
        false,
        encoder.encode(`${MAX_SERVICE_CALLS} calls are being answered already`),
        deadlineMs,
      );
    } else if (schema === undefined) {
      this.#early.push({ ...reply, payload: reply.payload.slice() });
    } else {
      void this.#answer(call, reply.payload.slice(), schema, deadlineMs);
    }
  }

  /** Nobody waits for answers any more. */
  end(why: string): void {
    this.#ended = true;
    this.#early.length = 0;
    for (const controller of this.#open) controller.abort(new Error(why));
  }

  async #answer(call: number, request: Uint8Array, schema: ServiceSchema, deadlineMs: number): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    this.#open.add(controller);
    const { robot, handler } = this.#options;
    const cancel = robot.clock.after(deadlineMs, () => controller.abort(new Error('the caller no longer waits')));
    try {
      const response = await handler(request, { schema, signal });
      if (!signal.aborted) await this.#respond(call, true, response, deadlineMs);
    } catch (error) {
      const text = (error instanceof Error ? error.message : String(error)).slice(0, MAX_ERROR_LENGTH);
      if (!signal.aborted) await this.#respond(call, false, encoder.encode(text), deadlineMs);
    } finally {
      cancel();
      this.#open.delete(controller);
    }
  }

  /** An answer that does not arrive is a call that times out on the robot. */
  async #respond(call: number, result: boolean, payload: Uint8Array, deadlineMs: number): Promise<void> {
    const { robot, service } = this.#options;
    const action = { kind: 'service.respond', service, call, result } as const;
    await robot.request(action, payload, { deadlineMs }).catch(() => undefined);
  }
}
