import type { Clock } from '@longline/ros';
import { deviceOffline } from '../errors.ts';
import type { FleetState } from '../fleet/FleetState.ts';
import type { Principal } from '../access/Principal.ts';
import type { AuditSink } from './AuditSink.ts';
import { FrameRate } from './FrameRate.ts';
import type { Lease } from './Lease.ts';
import type { Leases } from './Leases.ts';
import { MotionAudit } from './MotionAudit.ts';
import type { MotionFrame } from './MotionFrame.ts';
import { MotionStream } from './MotionStream.ts';
import type { MotionRefusal } from './MotionStream.ts';

/** Who wants to move what. */
export interface MotionRequest {
  readonly device: string;
  /** Of the lease. */
  readonly token: number;
  readonly principal: Principal;
  readonly handleRefusal: (refusal: MotionRefusal) => void;
}

/** One that may be made: the door has asked. */
export interface AllowedMotion extends MotionRequest {
  /** Whether a frame may be sent on its topic. Throws `FORBIDDEN`. */
  readonly checkFrame: (action: MotionFrame['action']) => void;
}

/** What {@link Motion} is given. */
export interface MotionOptions {
  readonly fleet: FleetState;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly audit: AuditSink;
}

/** Opens motion streams under leases. */
export class Motion {
  /** Frames passed on, and refusals, here or by robots, since the server started. */
  readonly counters = { frames: 0, refused: 0 };
  readonly #options: MotionOptions;
  readonly #rates = new WeakMap<Lease, FrameRate>();

  constructor(options: MotionOptions) {
    this.#options = options;
  }

  /**
   * Begins a stream, which ends with its lease. Throws `LEASE_NEEDED`, `LEASE_LOST`, `LEASE_HELD`, `DEVICE_OFFLINE`,
   * `LIMIT_EXCEEDED`.
   */
  open({ device, token, principal, handleRefusal, checkFrame }: AllowedMotion): MotionStream {
    const { fleet, leases, clock, audit } = this.#options;
    const lease = leases.check(device, token, principal);
    const line = fleet.device(device)?.line;
    if (line === undefined) throw deviceOffline(device);
    let rate = this.#rates.get(lease);
    if (rate === undefined) this.#rates.set(lease, (rate = new FrameRate(clock)));
    return new MotionStream({
      lease,
      line,
      clock,
      audit: new MotionAudit(audit, clock, lease.identity),
      rate,
      counters: this.counters,
      check: ({ action }) => {
        checkFrame(action);
        leases.check(device, token, principal);
      },
      handleRobotRefusal: (code) => leases.handleRefusal(device, token, code),
      handleRefusal,
    });
  }
}
