import type { Fleet, FleetStop } from '@longline/client';
import { CliError } from '../errors.ts';
import { stopText } from '../motion/stopText.ts';
import { suggestion } from '../nearNames.ts';
import { findDevice } from '../findDevice.ts';
import { withLease } from '../motion/withLease.ts';
import type { Terminal } from '../Terminal.ts';
import { withFleet } from '../withFleet.ts';
import type { ServerOptions } from '../withFleet.ts';

export interface StopOptions extends ServerOptions {
  /** Only outputs whose names match. */
  readonly outputs?: string | undefined;
  /** Lets them move again instead. */
  readonly release?: boolean | undefined;
  readonly takeOver?: boolean | undefined;
}

/** Every robot. */
const ALL = '*';

/**
 * `longline stop [DEVICE|PATTERN]`: stops robots at once and keeps them stopped. Rejects with `STOP_INCOMPLETE` where one may still
 * move, after it has said which.
 */
export function stop(terminal: Terminal, devices: string | undefined, options: StopOptions): Promise<void> {
  if (options.release === true) return release(terminal, devices, options);
  return withFleet(terminal, options, async (fleet) => {
    const results = await fleet.stop(devices ?? ALL, options.outputs);
    const words = results.map(stopText);
    if (options.json === true) await terminal.print(`${JSON.stringify(results.map(jsonOf))}\n`);
    else for (const line of words.flatMap(({ lines }) => lines)) await terminal.print(`${line}\n`);
    if (results.length === 0) {
      if (devices !== undefined) {
        throw new CliError('STOP_INCOMPLETE', `No robot matches ${devices}; \`longline devices\` lists them.`);
      }
      terminal.warn('No robot has ever connected to this server.');
    }
    await nameUnknown(terminal, fleet, results);
    const open = results.filter((_, at) => words[at]?.isComplete === false).map(({ device }) => device);
    if (open.length > 0) {
      throw new CliError(
        'STOP_INCOMPLETE',
        `It is not sure that ${open.length === 1 ? 'this robot stands' : 'these robots stand'} still: ${open.join(', ')}. See above.`,
        { details: { devices: open } },
      );
    }
    if (options.json !== true && results.length > 0) {
      terminal.warn(`Until it is released: longline stop --release ${devices ?? 'DEVICE'}`);
    }
  });
}

/** A stop is kept for robots that have never been here, too: most of these are misspelt. */
async function nameUnknown(terminal: Terminal, fleet: Fleet, results: readonly FleetStop[]): Promise<void> {
  const known = (await fleet.devices()).map(({ device }) => device);
  for (const { device } of results) {
    if (known.includes(device)) continue;
    terminal.warn(`${device} has never connected to this server. ${suggestion(device, known, 'devices')}`);
  }
}

function release(terminal: Terminal, id: string | undefined, options: StopOptions): Promise<void> {
  if (id === undefined || id.includes('*')) {
    throw new CliError('ARGUMENT_INVALID', 'Name one DEVICE to release: robots are let go one by one.');
  }
  return withFleet(terminal, options, async (fleet) => {
    const { device } = await findDevice(fleet, id);
    await withLease(device, options, (lease) => lease.releaseStop(options.outputs, { signal: terminal.signal }));
    const { outputs } = options;
    if (options.json === true) await terminal.print(`${JSON.stringify({ device: id, released: outputs ?? null })}\n`);
    else
      await terminal.print(
        `${id}: released${outputs === undefined ? '' : ` ${outputs}`}; whoever has its lease may move it.\n`,
      );
  });
}

const jsonOf = (result: FleetStop): object => {
  if (!('error' in result)) return { device: result.device, ...result.report };
  const { code, message } = result.error;
  return { device: result.device, error: { code, message } };
};
