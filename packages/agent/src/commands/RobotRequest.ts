import type { RequestHeader } from '@longline/line';
import type { Clock, OperationOptions } from '@longline/ros';

/** One request from the server, with its age on this machine's monotonic clock. */
export class RobotRequest {
  readonly header: RequestHeader;
  /** Its own copy. */
  readonly payload: Uint8Array;
  /** When it was made, in milliseconds of the monotonic clock; never later than the truth. */
  readonly bornMs: number;
  /** Its place among all requests that came to this agent. */
  readonly order: number;
  /** Names what a command asks for; empty for other requests. */
  readonly fingerprint: string;
  /** Aborts when the line that brought it ends, or the agent stops, with the error to answer. */
  readonly lineEnded: AbortSignal;
  readonly #clock: Clock;

  constructor(options: {
    readonly header: RequestHeader;
    readonly payload: Uint8Array;
    readonly ageMs: number;
    readonly clock: Clock;
    readonly order: number;
    readonly fingerprint: string;
    readonly lineEnded: AbortSignal;
  }) {
    this.header = options.header;
    this.payload = options.payload;
    this.bornMs = options.clock.monotonicMs() - options.ageMs;
    this.order = options.order;
    this.fingerprint = options.fingerprint;
    this.lineEnded = options.lineEnded;
    this.#clock = options.clock;
  }

  get ageMs(): number {
    return this.#clock.monotonicMs() - this.bornMs;
  }

  /** Milliseconds until its deadline; 0 or less when that is over. */
  get remainingMs(): number {
    return this.header.deadlineMs - this.ageMs;
  }

  /** Bounds an operation in ROS by what is left of the deadline. */
  operation(): OperationOptions {
    return { deadlineMs: Math.max(1, this.remainingMs) };
  }
}
