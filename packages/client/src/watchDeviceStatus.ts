import type { Disposer, GraphStatus } from '@longline/ros';
import type { DeviceDirectory } from './DeviceDirectory.ts';
import type { StatusStream } from './StatusStream.ts';

/** Tells whether a device's ROS can be reached from here, at once (on a later microtask) and at every change. */
export function watchDeviceStatus(
  { devices, id, status }: { readonly id: string; readonly devices: DeviceDirectory; readonly status: StatusStream },
  listener: (status: GraphStatus) => void,
): Disposer {
  let told = '';
  let watching = true;
  const tell = (): void => {
    // After a reconnect nothing is told of the device until the server has spoken of it, or of all that it knows.
    if (status.current.state === 'connected' && devices.isStale(id)) return;
    const now = statusOf(id, devices, status);
    const text = JSON.stringify(now);
    if (!watching || text === told) return;
    told = text;
    listener(now);
  };
  const stopDevices = devices.listen(({ device }) => {
    if (device === id) tell();
  });
  const stopStatus = status.listen(({ state }) => {
    tell();
    if (state === 'connected') void devices.follow().then(tell);
  });
  void devices.follow().then(tell);
  queueMicrotask(tell);
  return () => {
    watching = false;
    stopDevices();
    stopStatus();
  };
}

function statusOf(id: string, devices: DeviceDirectory, status: StatusStream): GraphStatus {
  const { current } = status;
  if (current.state === 'disconnected')
    return { state: 'disconnected', code: 'SERVER_UNREACHABLE', reason: current.reason };
  if (current.state !== 'connected') {
    return {
      state: 'disconnected',
      code: 'SERVER_UNREACHABLE',
      reason: `the server is not reached (${current.state})`,
    };
  }
  const record = devices.get(id);
  if (record === undefined) {
    return { state: 'disconnected', code: 'DEVICE_UNKNOWN', reason: `the server knows no device ${id}` };
  }
  if (!record.online)
    return { state: 'disconnected', code: 'DEVICE_OFFLINE', reason: `${id} is not connected to the server` };
  const { ros } = record.status;
  if (ros.state === 'connected') return { state: 'connected' };
  return { state: 'disconnected', code: ros.code ?? 'ROS_UNREACHABLE', reason: ros.reason ?? 'ROS does not answer' };
}
