import type { Fleet } from '@longline/client';
import { describeOffline } from './describeOffline.ts';
import { findDevice } from './findDevice.ts';
import { findTopic } from './findTopic.ts';
import type { FoundTopic } from './findTopic.ts';
import type { Terminal } from './Terminal.ts';

/** The topic that a command follows. Where nothing can come of it now, the person is told why. */
export async function openTopic(terminal: Terminal, fleet: Fleet, id: string, name: string): Promise<FoundTopic> {
  const { device, record } = await findDevice(fleet, id);
  const found = await findTopic(device, record, name);
  const problem = describeOffline(record);
  if (problem !== undefined) terminal.warn(`${problem}; waiting for it.`);
  return found;
}
