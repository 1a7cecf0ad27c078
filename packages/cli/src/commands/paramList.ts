import { findDevice } from '../findDevice.ts';
import type { Terminal } from '../Terminal.ts';
import { withFleet } from '../withFleet.ts';
import type { ServerOptions } from '../withFleet.ts';

/** `longline param list DEVICE`. */
export function paramList(terminal: Terminal, id: string, options: ServerOptions): Promise<void> {
  return withFleet(terminal, options, async (fleet) => {
    const { device } = await findDevice(fleet, id);
    const names = [...(await device.listParameters())].sort();
    await terminal.print(
      options.json === true ? `${JSON.stringify(names)}\n` : names.map((name) => `${name}\n`).join(''),
    );
  });
}
