import { ClientError } from '@longline/client';
import type { DeviceRecord, Fleet, RemoteDevice } from '@longline/client';
import { suggestion } from './nearNames.ts';

/** A device of the fleet that is known to the server; the error names those that are. */
export async function findDevice(
  fleet: Fleet,
  id: string,
): Promise<{ readonly device: RemoteDevice; readonly record: DeviceRecord }> {
  const device = fleet.device(id);
  const records = await fleet.devices();
  const record = records.find((candidate) => candidate.device === device.id);
  if (record !== undefined) return { device, record };
  const ids = records.map((candidate) => candidate.device);
  throw new ClientError('DEVICE_UNKNOWN', `The server knows no device ${id}. ${suggestion(id, ids, 'devices')}`, {
    details: { device: id },
  });
}
