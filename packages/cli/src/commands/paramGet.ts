import { RosError, stringifyExact } from '@longline/ros';
import type { ParameterValue } from '@longline/ros';
import { stringify } from 'yaml';
import { absolute } from '../findTopic.ts';
import { yamlScalar } from '../format/yamlString.ts';
import { suggestion } from '../nearNames.ts';
import { findDevice } from '../findDevice.ts';
import type { Terminal } from '../Terminal.ts';
import { withFleet } from '../withFleet.ts';
import type { ServerOptions } from '../withFleet.ts';

/** `longline param get DEVICE NAME`: the value as YAML. */
export function paramGet(terminal: Terminal, id: string, name: string, options: ServerOptions): Promise<void> {
  return withFleet(terminal, options, async (fleet) => {
    const { device } = await findDevice(fleet, id);
    const parameter = absolute(name);
    const value = await device.getParameter(parameter).catch(async (error: unknown) => {
      if (!(error instanceof RosError) || error.code !== 'PARAMETER_UNKNOWN') throw error;
      const names = [...(await device.listParameters())].sort();
      const help = suggestion(parameter, names, 'parameters');
      throw new RosError('PARAMETER_UNKNOWN', `${id} has no parameter ${parameter}. ${help}`);
    });
    await terminal.print(options.json === true ? `${stringifyExact(value)}\n` : `${yamlValue(value)}\n`);
  });
}

/** As rosparam prints it: a text alone is written so that it reads back as text. */
const yamlValue = (value: ParameterValue): string =>
  typeof value === 'string' ? yamlScalar(value) : stringify(value, { version: '1.1' }).trimEnd();
