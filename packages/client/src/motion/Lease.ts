import { encodeMessage, replyError } from '@longline/line';
import type { Action, DeviceRecord, Reply } from '@longline/line';
import type { Clock, Disposer, LonglineError, OperationOptions } from '@longline/ros';
import type { DeviceDirectory } from '../DeviceDirectory.ts';
import { ClientError } from '../errors.ts';
import type { LeaseStamp, RequestSender } from '../RequestSender.ts';
import type { RobotHandle } from '../RobotHandle.ts';
import type { StatusStream } from '../StatusStream.ts';
import { LeaseRenewal } from './LeaseRenewal.ts';
import { MotionStream } from './MotionStream.ts';
import { Refusals } from './Refusals.ts';

/** What a {@link Lease} shares with its device. */
export interface LeaseContext {
  readonly id: string;
  readonly clock: Clock;
  readonly closed: AbortSignal;
  readonly devices: DeviceDirectory;
  readonly status: StatusStream;
  readonly requests: RequestSender;
  /** The same robot, with everything asked under the stamp. */
  readonly robotUnder: (lease: LeaseStamp) => RobotHandle;
}

/** A lease as the robot confirmed it. */
export interface TakenLease {
  readonly token: number;
  readonly holdMs: number;
  /** When it was asked for, in milliseconds of the clock: it lasts from then on. */
  readonly madeMs: number;
}

/** How old a motion frame may become unless its maker says otherwise, in milliseconds. */
const FRAME_DEADLINE_MS = 1_000;
const nothing = new Uint8Array(0);
/** Refusals of motion that say that the lease is over. */
const lostCodes: ReadonlySet<string> = new Set(['LEASE_LOST', 'LEASE_STALE', 'LEASE_HELD']);

/**
 * The exclusive right to move one robot, held while this process lives: it renews the lease three times within its hold, so a
 * hung or killed program loses it and the robot stops. It survives a lost connection that is back within the hold.
 */
export class Lease {
  readonly device: string;
  readonly token: number;
  /** Without a renewal it ends after so long, in milliseconds. */
  readonly holdMs: number;
  /** Refusals of what {@link publish} sent: a callback (`listen`), or a loop that ends with the lease. */
  readonly refusals = new Refusals();
  /** The same robot, where every publish, call, parameter and standing command is made under this lease. */
  readonly robot: RobotHandle;
  readonly #context: LeaseContext;
  readonly #stamp: LeaseStamp;
  readonly #lost = new AbortController();
  readonly #renewal: LeaseRenewal;
  readonly #motion: MotionStream;
  readonly #disposers: readonly Disposer[];
  /** The device record has told of this lease: when it tells of none or of another one, this one is over. */
  #wasTold = false;
  #released: Promise<void> | undefined;

  constructor(context: LeaseContext, { holdMs, madeMs, token }: TakenLease) {
    const { clock, closed, devices, id, requests, status } = context;
    let sequence = 0;
    this.#stamp = { token, nextSequence: () => sequence++ };
    this.#context = context;
    this.device = id;
    this.token = token;
    this.holdMs = holdMs;
    this.robot = context.robotUnder(this.#stamp);
    this.#motion = new MotionStream({
      device: id,
      clock,
      requests,
      lease: this.#stamp,
      handleRefusal: ({ code, message, robotMs }) => {
        this.refusals.add({ code, message, robotMs });
        if (lostCodes.has(code)) this.#end(new ClientError('LEASE_LOST', message));
      },
    });
    const handleClosed = (): void => this.#end(new ClientError('LEASE_LOST', 'The fleet was closed by this program.'));
    closed.addEventListener('abort', handleClosed);
    this.#disposers = [
      () => closed.removeEventListener('abort', handleClosed),
      devices.listen((record) => this.#handleDevice(record)),
      status.listen(({ state }) => {
        if (state === 'connected') this.#renewal.handleConnected();
      }),
    ];
    this.#renewal = new LeaseRenewal({
      clock,
      holdMs,
      madeMs,
      renew: () => this.#ask({ kind: 'lease.renew', holdMs }, holdMs).then(() => undefined),
      handleLost: (reason) => this.#end(reason),
    });
    void devices.follow();
    this.#renewal.check();
  }

  /**
   * Aborts when the lease is over. `reason` is an error with a code: `LEASE_LOST` (taken over, run out, the robot's line
   * ended), `DEVICE_OFFLINE`, or `LEASE_RELEASED` after {@link release}.
   */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Frames that a newer one replaced because the connection was full or gone, or that became too old here. */
  get replaced(): number {
    return this.#motion.replaced;
  }

  /**
   * Sends one frame of motion, given as a value; only its refusal is answered, to {@link refusals}. Frames never queue: while
   * the connection is full the newest of each topic waits, without one nothing does. Send them faster than the
   * output's timeout, and send the message of zeros to stop. Throws the reason of {@link lost}, `PARAMETER_INVALID`.
   */
  publish(
    topic: string,
    message: unknown,
    options: { readonly type?: string; readonly deadlineMs?: number } = {},
  ): void {
    if (!this.#renewal.check()) throw this.#lost.signal.reason as LonglineError;
    const { deadlineMs = FRAME_DEADLINE_MS, type } = options;
    this.#motion.publish({ topic, type, deadlineMs, ...encodeMessage({ message }) });
  }

  /** Lets stopped outputs whose names match move again, all by default. Rejects with the robot's reason. */
  async releaseStop(outputs?: string, options: OperationOptions = {}): Promise<void> {
    const action: Action = { kind: 'stop.release', ...(outputs === undefined ? {} : { outputs }) };
    const reply = await this.#send(action, options);
    if (reply.state !== 'done') throw replyError(reply);
  }

  /**
   * Gives the lease back; what moved under it is stopped. Idempotent, and never rejects: a robot that does not hear it stops
   * when the lease has run out.
   */
  release(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  /** As {@link release}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  async #release(): Promise<void> {
    if (this.#lost.signal.aborted) return;
    const confirmed = this.#send({ kind: 'lease.release' }, { deadlineMs: this.holdMs });
    this.#end(new ClientError('LEASE_RELEASED', `The lease of ${this.device} was released by this program.`));
    await confirmed.catch(() => undefined);
  }

  async #ask(action: Action, deadlineMs: number): Promise<Reply> {
    const reply = await this.#send(action, { deadlineMs });
    if (reply.state !== 'done') throw replyError(reply);
    return reply;
  }

  #send(action: Action, options: OperationOptions): Promise<Reply> {
    return this.#context.requests.send(this.device, action, nothing, { ...options, lease: this.#stamp });
  }

  #handleDevice({ device, lease, online }: DeviceRecord): void {
    if (device !== this.device) return;
    if (!online) {
      this.#end(
        new ClientError('DEVICE_OFFLINE', `The line of ${device} ended, and the lease with it; the robot has stopped.`),
      );
    } else if (lease?.token === this.token) {
      this.#wasTold = true;
    } else if (lease !== undefined && lease.token > this.token) {
      this.#end(new ClientError('LEASE_LOST', `${lease.holder} has taken the lease of ${device} over.`));
    } else if (this.#wasTold) {
      this.#end(new ClientError('LEASE_LOST', `The lease of ${device} is over, says the server.`));
    }
  }

  #end(reason: LonglineError): void {
    if (this.#lost.signal.aborted) return;
    this.#renewal.end();
    this.#motion.close();
    for (const dispose of this.#disposers) dispose();
    this.#lost.abort(reason);
    this.refusals.end();
  }
}
