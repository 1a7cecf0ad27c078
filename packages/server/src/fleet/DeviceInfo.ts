import type { DeviceRecord, RobotStatus } from '@longline/line';
import type { WholeDeviceRecord } from './DeviceState.ts';

/** One device as it is now, for people and programs. */
export interface DeviceInfo {
  readonly id: string;
  readonly online: boolean;
  /** Grows with every line of this device. */
  readonly epoch: number;
  /** Server time of the last change between online and offline, ISO 8601. */
  readonly since: string;
  /** Where the agent finds ROS. */
  readonly robot: string;
  readonly software: string;
  /** Random ID of the agent's present run. */
  readonly boot: string;
  readonly status: RobotStatus;
  /** The robot's wall clock minus the server's, in milliseconds; absent before it was measured. */
  readonly clock?: DeviceRecord['clock'];
  /** Who may move it now; absent when nobody holds the lease. */
  readonly lease?: { readonly token: number; readonly holder: string; readonly since: string };
  /** A stop waits for it to come back; absent when none does. */
  readonly stopWaits?: true;
  /** Several agents use its ID at once, since when (ISO 8601), and how many runs of late; absent when that is not so. */
  readonly cloned?: { readonly since: string; readonly boots: number };
  /** How its line is doing, in short. */
  readonly line: NonNullable<DeviceRecord['line']>;
  /** Topics known. */
  readonly topics: number;
}

export function deviceInfo(record: WholeDeviceRecord, more: Pick<DeviceInfo, 'boot' | 'topics'>): DeviceInfo {
  const { device, online, epoch, sinceMs, robot, software, status, clock, lease, stopWaits, cloned, line } = record;
  return {
    id: device,
    online,
    epoch,
    since: new Date(sinceMs).toISOString(),
    robot,
    software,
    boot: more.boot,
    status,
    ...(clock === undefined ? {} : { clock }),
    ...(lease === undefined
      ? {}
      : { lease: { token: lease.token, holder: lease.holder, since: new Date(lease.sinceMs).toISOString() } }),
    ...(stopWaits === true ? { stopWaits: true } : {}),
    ...(cloned === undefined ? {} : { cloned: { since: new Date(cloned.sinceMs).toISOString(), boots: cloned.boots } }),
    line,
    topics: more.topics,
  };
}
