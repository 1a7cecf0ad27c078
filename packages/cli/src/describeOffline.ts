import type { DeviceRecord } from '@longline/client';

/** Why a device sends nothing now; undefined where nothing is wrong. */
export function describeOffline({ device, online, sinceMs, status }: DeviceRecord): string | undefined {
  if (!online) return `${device} is offline since ${new Date(sinceMs).toISOString()}`;
  if (status.ros.state === 'connected') return undefined;
  const { code = 'ROS_UNREACHABLE', reason = 'no reason given' } = status.ros;
  return `${device} is online, but its ROS is not reached (${code}: ${reason})`;
}
