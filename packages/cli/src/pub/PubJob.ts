import type { Lease, RemoteDevice, RobotHandle } from '@longline/client';
import type { UnderLeaseOptions } from '../motion/underLease.ts';
import type { Terminal } from '../Terminal.ts';
import type { ServerOptions } from '../withFleet.ts';

export interface PubOptions extends ServerOptions, UnderLeaseOptions {
  /** Publishes again and again until Ctrl-C. */
  readonly rateHz?: number | undefined;
  readonly deadlineMs?: number | undefined;
  /** Sets a standing command instead and renews it. */
  readonly standing?: boolean | undefined;
}

/** What to publish, on what robot, and under which lease. */
export interface PubJob {
  readonly terminal: Terminal;
  readonly device: RemoteDevice;
  /** The device, or the device under the lease. */
  readonly robot: RobotHandle;
  readonly lease: Lease | undefined;
  readonly target: { readonly topic: string; readonly type: string; readonly message: unknown };
  readonly options: PubOptions;
}
