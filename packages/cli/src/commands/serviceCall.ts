import { codecFor, RosError, structLayout } from '@longline/ros';
import { fillMessage } from '../fillMessage.ts';
import { absolute } from '../findTopic.ts';
import { ros2Yaml } from '../format/ros2Yaml.ts';
import { messageShape, rosYaml } from '../format/rosYaml.ts';
import { underLease } from '../motion/underLease.ts';
import type { UnderLeaseOptions } from '../motion/underLease.ts';
import { suggestion } from '../nearNames.ts';
import { findDevice } from '../findDevice.ts';
import { withFleet } from '../withFleet.ts';
import type { ServerOptions } from '../withFleet.ts';
import { parseYaml } from '../parseYaml.ts';
import type { Terminal } from '../Terminal.ts';

/** `longline service call DEVICE SERVICE [YAML...]`: the response as `rosservice call` prints it. */
export function serviceCall(
  terminal: Terminal,
  id: string,
  name: string,
  args: readonly string[],
  options: ServerOptions & UnderLeaseOptions & { readonly deadlineMs?: number | undefined },
): Promise<void> {
  const values = args.map(parseYaml);
  const bounds = {
    signal: terminal.signal,
    ...(options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs }),
  };
  return withFleet(terminal, options, async (fleet) => {
    const { device } = await findDevice(fleet, id);
    const service = absolute(name);
    const schema = await device.serviceSchema(service, bounds).catch(async (error: unknown) => {
      if (!(error instanceof RosError) || error.code !== 'SERVICE_UNKNOWN') throw error;
      const names = (await device.snapshot()).services.map((candidate) => candidate.name).sort();
      throw new RosError(
        'SERVICE_UNKNOWN',
        `${id} has no service ${service}. ${suggestion(service, names, 'services')}`,
      );
    });
    const encoding = schema.request.encoding === 'ros2msg' ? 'cdr' : 'ros1';
    const data = codecFor(schema.request, encoding).encode(fillMessage(structLayout(schema.request), values));
    const codec = codecFor(schema.response, encoding);
    const response = codec.decode(
      await underLease(device, options, (robot) => robot.callService({ service, data }, bounds)),
    );
    if (options.json === true) {
      await terminal.print(`${codec.toJson(response)}\n`);
      return;
    }
    const shape = messageShape(structLayout(schema.response));
    await terminal.print(`${encoding === 'cdr' ? ros2Yaml(shape, response) : rosYaml(shape, response)}\n`);
  });
}
