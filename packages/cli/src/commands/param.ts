import { RosError, stringifyExact } from '@longline/ros';
import type { ParameterValue } from '@longline/ros';
import { stringify } from 'yaml';
import { z } from 'zod';
import { CliError } from '../errors.ts';
import { absolute } from '../findTopic.ts';
import { yamlScalar } from '../format/yamlString.ts';
import { suggestion } from '../nearNames.ts';
import { findDevice, withFleet } from '../openFleet.ts';
import type { ServerOptions } from '../openFleet.ts';
import { parseYaml } from '../parseYaml.ts';
import type { Terminal } from '../Terminal.ts';

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

/** `longline param set DEVICE NAME YAML`: sets it on the robot, which refuses what its config does not allow. */
export function paramSet(
  terminal: Terminal,
  id: string,
  name: string,
  text: string,
  options: ServerOptions,
): Promise<void> {
  const value = parseYaml(text);
  if (!isParameterValue(value)) {
    throw new CliError(
      'ARGUMENT_INVALID',
      `${JSON.stringify(text)} is no parameter value: write a number, text, true, false, a list or a map.`,
    );
  }
  return withFleet(terminal, options, async (fleet) => {
    const { device } = await findDevice(fleet, id);
    await device.setParameter(absolute(name), value, { signal: terminal.signal });
    if (options.json === true) await terminal.print(`${stringifyExact({ device: id, name: absolute(name), value })}\n`);
  });
}

/** As rosparam prints it: a text alone is written so that it reads back as text. */
const yamlValue = (value: ParameterValue): string =>
  typeof value === 'string' ? yamlScalar(value) : stringify(value, { version: '1.1' }).trimEnd();

const valueSchema: z.ZodType<ParameterValue> = z.lazy(() =>
  z.union([z.boolean(), z.number(), z.bigint(), z.string(), z.array(valueSchema), z.record(z.string(), valueSchema)]),
);

const isParameterValue = (value: unknown): value is ParameterValue => valueSchema.safeParse(value).success;
