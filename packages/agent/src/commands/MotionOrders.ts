import type { Deadman, MotionReceipt, OutputKind } from '../deadman/Deadman.ts';
import { AgentError } from '../errors.ts';
import { leaseNeeded } from './leaseNeeded.ts';
import type { RobotRequest } from './RobotRequest.ts';

/** Motion is refused while the clocks may be wrong by more than this share of the output's timeout. */
const CLOCK_SHARE = 1 / 4;

/** What is to be done on an output. */
export interface OutputOrder {
  readonly kind: OutputKind;
  readonly name: string;
  /** Message type of a topic. */
  readonly type?: string | undefined;
  readonly data: Uint8Array;
}

/** Brings requests about what moves the robot to the deadman: the only way to it. */
export class MotionOrders {
  readonly #deadman: Deadman;
  readonly #clockErrorMs: () => number;

  constructor(options: {
    readonly deadman: Deadman;
    /** How wrong the age of a request may be, in milliseconds; infinite while nothing is known. */
    readonly clockErrorMs: () => number;
  }) {
    this.#deadman = options.deadman;
    this.#clockErrorMs = options.clockErrorMs;
  }

  /** The timeout of an output in milliseconds; undefined for what does not move the robot. */
  timeoutMs(kind: OutputKind, name: string, type?: string): number | undefined {
    return this.#deadman.outputOf(kind, name, type)?.timeoutMs;
  }

  /** Throws `LEASE_NEEDED`, `CLOCK_UNSURE`, `MOTION_LINE_ENDED`, `AGENT_STOPPED`. */
  check(request: RobotRequest, name: string, timeoutMs: number): void {
    if (request.header.token === 0) throw leaseNeeded(name);
    request.lineEnded.throwIfAborted();
    const errorMs = this.#clockErrorMs();
    if (errorMs <= timeoutMs * CLOCK_SHARE) return;
    const known = Number.isFinite(errorMs) ? `are known to ${Math.ceil(errorMs)} ms` : 'have not been compared yet';
    throw new AgentError(
      'CLOCK_UNSURE',
      `The clocks of server and robot ${known}; ${name} needs ${timeoutMs * CLOCK_SHARE} ms, a quarter of its timeout. ` +
        'Send the command again; where the path to the robot is always slow, raise timeoutMs of the output on the robot.',
      { details: { name, timeoutMs } },
    );
  }

  /** Executes an order as the request that made it says. Throws what {@link check} throws, rejects with what {@link Deadman.execute} does. */
  execute(request: RobotRequest, order: OutputOrder): Promise<MotionReceipt> {
    const timeoutMs = this.timeoutMs(order.kind, order.name, order.type);
    if (timeoutMs !== undefined) this.check(request, order.name, timeoutMs);
    return this.#execute(request, order, false, request.header.deadlineMs);
  }

  /** Repeats an order, as old as the request is, which holds for so long. Rejects with what {@link Deadman.execute} does. */
  repeat(request: RobotRequest, order: OutputOrder, holdMs: number): Promise<MotionReceipt> {
    return this.#execute(request, order, true, holdMs);
  }

  #execute(
    { header: { token, sequence }, bornMs }: RobotRequest,
    { kind, name, type, data }: OutputOrder,
    repeat: boolean,
    deadlineMs: number,
  ): Promise<MotionReceipt> {
    return this.#deadman.execute({ kind, name, type, data, token, sequence, repeat, bornMs, deadlineMs });
  }
}
