import { RosError } from '@longline/ros';
import { absoluteName } from '../PlainRobot.ts';
import type { OpHandler } from './OpHandler.ts';

/** A topic that the device is going to publish. */
export const advertise: OpHandler<'advertise'> = ({ topic, type, latch = false }, { uplink }) => {
  if (type === undefined) {
    throw new RosError('TYPE_UNKNOWN', `advertise ${topic} needs a "type", like std_msgs/Float64.`);
  }
  uplink.advertise(absoluteName(topic), type, latch);
};
