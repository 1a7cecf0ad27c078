import { stringifyExact } from '@longline/ros';
import type { ParameterValue } from '@longline/ros';
import { z } from 'zod';
import { CliError } from '../errors.ts';
import { absolute } from '../findTopic.ts';
import { parseYaml } from '../parseYaml.ts';
import { findDevice } from '../findDevice.ts';
import { underLease } from '../motion/underLease.ts';
import type { UnderLeaseOptions } from '../motion/underLease.ts';
import type { Terminal } from '../Terminal.ts';
import { withFleet } from '../withFleet.ts';
import type { ServerOptions } from '../withFleet.ts';

/** `longline param set DEVICE NAME YAML`: sets it on the robot, which refuses what its config does not allow. */
export function paramSet(
  terminal: Terminal,
  id: string,
  name: string,
  text: string,
  options: ServerOptions & UnderLeaseOptions,
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
    await underLease(device, options, (robot) =>
      robot.setParameter(absolute(name), value, { signal: terminal.signal }),
    );
    if (options.json === true) await terminal.print(`${stringifyExact({ device: id, name: absolute(name), value })}\n`);
  });
}

const valueSchema: z.ZodType<ParameterValue> = z.lazy(() =>
  z.union([z.boolean(), z.number(), z.bigint(), z.string(), z.array(valueSchema), z.record(z.string(), valueSchema)]),
);

const isParameterValue = (value: unknown): value is ParameterValue => valueSchema.safeParse(value).success;
