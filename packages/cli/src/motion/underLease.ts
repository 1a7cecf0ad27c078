import type { Lease, RemoteDevice, RobotHandle } from '@longline/client';
import { namingLease, withLease } from './withLease.ts';

/** Whether a command takes the lease for what it does. */
export interface UnderLeaseOptions {
  readonly lease?: boolean | undefined;
  readonly takeOver?: boolean | undefined;
}

/** Runs a command with the robot, under its lease where the person asked for that; else a refusal for want of one says how. */
export function underLease<T>(
  device: RemoteDevice,
  options: UnderLeaseOptions,
  act: (robot: RobotHandle, lease: Lease | undefined) => Promise<T>,
): Promise<T> {
  if (options.lease !== true && options.takeOver !== true) return namingLease(() => act(device, undefined));
  return withLease(device, options, (lease) => act(lease.robot, lease));
}
