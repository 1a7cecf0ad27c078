import { RosError } from '@longline/ros';
import { absoluteName } from '../PlainRobot.ts';
import type { OpHandler } from './OpHandler.ts';

/** One message; with a type it needs no `advertise` before. */
export const publish: OpHandler<'publish'> = ({ topic, type, latch = false, msg = {} }, { robot, uplink }) => {
  const name = absoluteName(topic);
  const known = robot.topics.get(name);
  if (known === undefined && type === undefined) {
    throw new RosError(
      'TYPE_UNKNOWN',
      `${name} was not advertised. Advertise it, or give the "type" with the message.`,
    );
  }
  const advertised = type === undefined ? known : uplink.advertise(name, type, latch);
  if (advertised !== undefined) uplink.publish(advertised, msg);
};
