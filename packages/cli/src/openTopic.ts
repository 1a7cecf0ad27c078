import type { Fleet, RemoteDevice } from '@longline/client';
import { describeOffline } from './describeOffline.ts';
import { findDevice } from './findDevice.ts';
import { findTopic } from './findTopic.ts';
import type { FoundTopic } from './findTopic.ts';
import type { Terminal } from './Terminal.ts';

/**
 * The topic that a command follows. Where nothing can come of it, now or later on, the person is told why, and when the
 * device is back.
 */
export async function openTopic(terminal: Terminal, fleet: Fleet, id: string, name: string): Promise<FoundTopic> {
  const { device, record } = await findDevice(fleet, id);
  const found = await findTopic(device, record, name);
  const problem = describeOffline(record);
  if (problem !== undefined) terminal.warn(`${problem}; waiting for it.`);
  tellChanges(terminal, fleet, device);
  return found;
}

/** Until the fleet is closed. */
function tellChanges(terminal: Terminal, fleet: Fleet, device: RemoteDevice): void {
  let told: string | undefined;
  device.watch({
    handleStatus: (status) => {
      const now = status.state === 'connected' ? status.state : status.code;
      const before = told;
      told = now;
      if (before === undefined || before === now || fleet.status.current.state === 'closed') return;
      if (status.state === 'connected') terminal.warn(`${device.id} is back.`);
      else terminal.warn(`${device.id}: ${status.code}: ${status.reason}; waiting for it.`);
    },
  });
}
