import type { DeviceRecord } from '@longline/client';

/** What to tell a person who waits for data of a device that sends none now; undefined where nothing is wrong. */
export function describeOffline({ device, online, sinceMs, status }: DeviceRecord): string | undefined {
  if (!online) return `${device} is offline since ${new Date(sinceMs).toISOString()}; waiting for it.`;
  if (status.ros.state === 'connected') return undefined;
  return `${device} is online, but its ROS is not reached (${status.ros.code ?? 'ROS_UNREACHABLE'}: ${status.ros.reason ?? 'no reason given'}); waiting for it.`;
}
