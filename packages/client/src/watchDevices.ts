import type { DeviceRecord } from '@longline/line';
import type { DeviceDirectory } from './DeviceDirectory.ts';

/**
 * Every device as it is now, then every change, newest first come for a slow loop: one record waits per device. Ends
 * when the signal aborts.
 */
export async function* watchDevices(
  directory: DeviceDirectory,
  signal: AbortSignal,
): AsyncGenerator<DeviceRecord, undefined> {
  const waiting = new Map<string, DeviceRecord>();
  let wake: (() => void) | undefined;
  const handleWake = (): void => wake?.();
  const stop = directory.listen((record) => {
    waiting.set(record.device, record);
    handleWake();
  });
  signal.addEventListener('abort', handleWake);
  try {
    void directory.follow();
    for (const record of directory.list()) waiting.set(record.device, record);
    while (!signal.aborted) {
      const [record] = waiting.values();
      if (record === undefined) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      waiting.delete(record.device);
      yield record;
    }
  } finally {
    stop();
    signal.removeEventListener('abort', handleWake);
  }
  return undefined;
}
