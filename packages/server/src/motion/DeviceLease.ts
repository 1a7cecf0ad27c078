import { commandAction, replyError } from '@longline/line';
import type { Action, Reply } from '@longline/line';
import { isLonglineError } from '@longline/ros';
import { checkedAction } from '../commands/checkedAction.ts';
import type { RobotRequests } from '../commands/RobotRequests.ts';
import type { Principal } from '../access/Principal.ts';
import type { Lease } from './Lease.ts';
import { confirmedLease } from './leaseReply.ts';
import type { MotionRefusal, MotionStream } from './MotionStream.ts';

/** What a program wants with a lease. */
export interface TakeLeaseOptions {
  /** It is over so long after it was taken or renewed last, in milliseconds: 200 to 60,000. Default 1,500. */
  readonly holdMs?: number | undefined;
  /** Also from who holds it. Default false. */
  readonly takeOver?: boolean | undefined;
  /** Told of frames that were not executed, each code at most ten times a second. Must not throw. */
  readonly handleRefusal?: ((refusal: MotionRefusal) => void) | undefined;
}

/** What a {@link DeviceLease} is made of. */
export interface DeviceLeaseOptions {
  readonly lease: Lease;
  readonly principal: Principal;
  readonly holdMs: number;
  readonly requests: RobotRequests;
  readonly handleRefusal: (refusal: MotionRefusal) => void;
}

export const DEFAULT_HOLD_MS = 1_500;
/** At this age a frame is no longer executed, in milliseconds; its output's timeout holds as well. */
const FRAME_DEADLINE_MS = 1_000;
const nothing = new Uint8Array(0);

/** The lease of one device in the hands of a program of the server's process. It is renewed by the program, or runs out. */
export class DeviceLease {
  readonly device: string;
  /** What every other command that moves the robot is given. */
  readonly token: number;
  readonly holdMs: number;
  readonly #options: DeviceLeaseOptions;
  #stream: MotionStream | undefined;

  constructor(options: DeviceLeaseOptions) {
    this.#options = options;
    this.device = options.lease.identity.device;
    this.token = options.lease.identity.token;
    this.holdMs = options.holdMs;
  }

  /** Aborts when the lease is over; the reason is an error with the code `LEASE_LOST`. */
  get lost(): AbortSignal {
    return this.#options.lease.lost;
  }

  /** Makes it last `holdMs` from now, the hold that it was taken for by default. Rejects with the robot's reason, `LEASE_LOST`. */
  async renew(holdMs = this.holdMs): Promise<void> {
    await this.#ask({ kind: 'lease.renew', holdMs });
  }

  /** Gives it back; resolves when the robot has ended it. Does nothing where it is over. */
  async release(): Promise<void> {
    this.#stream?.close();
    if (!this.lost.aborted) await this.#ask({ kind: 'lease.release' });
  }

  /**
   * Sends one frame of motion; only its refusal is told. Send them faster than the output's timeout, and a message of zeros
   * to stand still. Throws the reason of {@link lost}, `REQUEST_INVALID`, `MESSAGE_INVALID`.
   */
  publish(topic: string, message: unknown, { type }: { readonly type?: string | undefined } = {}): void {
    if (this.lost.aborted) throw lostReason(this.lost);
    const { action, payload } = checkedAction(commandAction({ kind: 'publish', topic, type, message }));
    if (action.kind !== 'publish') return;
    const { requests, principal, handleRefusal } = this.#options;
    const { device, token } = this;
    this.#stream ??= requests.openMotion({ device, token, principal, handleRefusal });
    const typed = action.type === undefined ? {} : { type: action.type };
    this.#stream.send({
      action: { kind: 'motion', topic: action.topic, encoding: action.encoding, ...typed },
      payload,
      ageMs: 0,
      deadlineMs: FRAME_DEADLINE_MS,
    });
  }

  /** Lets stopped outputs whose names match move again, all by default. Rejects with the robot's reason. */
  async releaseStop(outputs?: string): Promise<void> {
    await this.#ask({ kind: 'stop.release', ...(outputs === undefined ? {} : { outputs }) });
  }

  async #ask(action: Action): Promise<Reply> {
    const { requests, principal } = this.#options;
    const { device, token } = this;
    const reply = await requests.request({ device, token, principal, action, payload: nothing });
    if (reply.state !== 'done') throw replyError(reply);
    return reply;
  }
}

/** Takes the lease of a device. Rejects with `LEASE_HELD`, `DEVICE_OFFLINE`, `DEVICE_UNKNOWN`, and the robot's reason. */
export async function takeLease(
  device: string,
  principal: Principal,
  requests: RobotRequests,
  options: TakeLeaseOptions = {},
): Promise<DeviceLease> {
  const { holdMs = DEFAULT_HOLD_MS, takeOver, handleRefusal = () => undefined } = options;
  const action: Action = { kind: 'lease.take', holdMs, ...(takeOver === undefined ? {} : { takeOver }) };
  let lease: Lease | undefined;
  const heard = Promise.withResolvers<Reply>();
  requests.send({ device, principal, action, payload: nothing }, (reply) => {
    if (reply.state === 'received') return;
    // It is held now; who awaits the reply may find it over.
    lease = requests.leaseOf({ device, principal });
    heard.resolve(reply);
  });
  const reply = await heard.promise;
  if (reply.state !== 'done' || lease === undefined) throw replyError(reply);
  return new DeviceLease({ lease, principal, requests, handleRefusal, holdMs: confirmedLease(reply, holdMs).holdMs });
}

const lostReason = ({ reason }: AbortSignal): Error =>
  isLonglineError(reason) || reason instanceof Error ? reason : new Error(String(reason));
