import { findDevice } from '../findDevice.ts';
import type { Terminal } from '../Terminal.ts';
import { withFleet } from '../withFleet.ts';
import type { ServerOptions } from '../withFleet.ts';

/** `longline service list DEVICE`. */
export function serviceList(
  terminal: Terminal,
  id: string,
  options: ServerOptions & { readonly verbose?: boolean | undefined },
): Promise<void> {
  return withFleet(terminal, options, async (fleet) => {
    const { device } = await findDevice(fleet, id);
    const services = [...(await device.snapshot()).services].sort((a, b) => (a.name < b.name ? -1 : 1));
    if (options.json === true) {
      await terminal.print(`${JSON.stringify(services)}\n`);
      return;
    }
    const line = options.verbose === true ? verboseLine : nameLine;
    await terminal.print(services.map(line).join(''));
  });
}

const nameLine = ({ name }: { readonly name: string }): string => `${name}\n`;
const verboseLine = ({ name, providers, type }: { name: string; providers: readonly string[]; type: string }): string =>
  `${name} [${type || 'type not asked for'}] ${providers.join(', ')}\n`;
