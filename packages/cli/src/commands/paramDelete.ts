import { stringifyExact } from '@longline/ros';
import { absolute } from '../findTopic.ts';
import { findDevice } from '../findDevice.ts';
import type { Terminal } from '../Terminal.ts';
import { withFleet } from '../withFleet.ts';
import type { ServerOptions } from '../withFleet.ts';

/** `longline param delete DEVICE NAME`: deletes it on the robot with all below it, where its config lets it be set. */
export function paramDelete(terminal: Terminal, id: string, name: string, options: ServerOptions): Promise<void> {
  return withFleet(terminal, options, async (fleet) => {
    const { device } = await findDevice(fleet, id);
    await device.deleteParameter(absolute(name), { signal: terminal.signal });
    if (options.json === true) await terminal.print(`${stringifyExact({ device: id, name: absolute(name) })}\n`);
  });
}
