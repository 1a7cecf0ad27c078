import type { MotionStatus, StopPayload } from '@longline/line';

/** What moves the robot: a message on a topic, a call of a service, or a parameter. */
export type OutputKind = 'topic' | 'service' | 'parameter';

/** One word that moves the robot. Structured-cloneable. */
export interface MotionOrder {
  readonly kind: OutputKind;
  readonly name: string;
  /** Message type of a topic; needed only where the robot does not know it. */
  readonly type?: string | undefined;
  /** Serialized message or request in the graph's encoding, checked against its definition; exact JSON of a parameter's value. */
  readonly data: Uint8Array;
  /** Of the lease it is made under. */
  readonly token: number;
  /** Rises under a token. A `repeat` of a standing command has that of its holder's last word. */
  readonly sequence: number;
  readonly repeat: boolean;
  /** When it was made, in milliseconds of the machine's monotonic clock; never later than the truth. */
  readonly bornMs: number;
  /** At this age it is no longer executed, in milliseconds; the output's timeout holds as well. */
  readonly deadlineMs: number;
}

/** What became of a motion order that was executed. */
export interface MotionReceipt {
  /** How many subscribers a topic had. */
  readonly subscribers: number | undefined;
  /** A service's serialized response; empty for others. */
  readonly payload: Uint8Array;
}

/** What tells of a deadman. */
export interface DeadmanListener {
  /** Its state is another: tell it in the robot's status. */
  handleChange(): void;
}

/**
 * The last gate before what moves the robot: executes only fresh motion under the lease that holds, and stops the outputs when
 * there is none: no fresh order within an output's timeout, a lease that ended, a line that ended, a stop, or an agent
 * that no longer speaks.
 *
 * Errors of all operations: `DEADMAN_ABSENT` while its process does not run, besides those named.
 */
export interface Deadman {
  /** As of now; `deadman.state` is `absent` until its process is ready. */
  readonly status: MotionStatus;
  /** Resolves when it is ready, or has said why not. Never rejects. */
  start(listener: DeadmanListener): Promise<void>;
  /**
   * Executes one order. Rejects with `LEASE_NEEDED`, `LEASE_STALE`, `LEASE_LOST`, `COMMAND_EXPIRED`, `COMMAND_OUT_OF_ORDER`,
   * `STOP_LATCHED`, `LIMIT_BEYOND`, `RATE_BEYOND`, `NO_SUBSCRIBER`, `ROS_SILENT`, and what ROS says.
   */
  execute(order: MotionOrder): Promise<MotionReceipt>;
  /** Whether it is an output, and its timeout in milliseconds. Known without the process. */
  outputOf(kind: OutputKind, name: string, type?: string): { readonly timeoutMs: number } | undefined;
  /** A lease begins; the token is on disk when this resolves. Rejects with `LEASE_STALE`. */
  takeLease(token: number, heldUntilMs: number): Promise<void>;
  /** Rejects with `LEASE_LOST`. */
  renewLease(token: number, heldUntilMs: number): Promise<void>;
  /** Ends the lease of that token and stops what moved under it; nothing where it is over. */
  endLease(token: number): Promise<void>;
  /** The line ended: the lease does. */
  handleLineClosed(): void;
  /** Stops outputs whose names match and latches them; on disk when this resolves. */
  stop(by: string, outputs?: string): Promise<StopPayload>;
  /** Releases latches; needs the lease. Rejects with `LEASE_NEEDED`, `LEASE_STALE`, `LEASE_LOST`. */
  releaseStop(token: number, outputs?: string): Promise<void>;
  /** Stops what moves and ends the process. Idempotent; waits until the stops have been delivered, 2 s at most. */
  close(): Promise<void>;
}
