import { RosError } from '@longline/ros';
import { commonServiceSchema } from '../commonSchema.ts';
import { absoluteName, checkRoom } from '../PlainRobot.ts';
import type { OpHandler } from './OpHandler.ts';

/** A service that the device answers; again, with another type, it takes the place of the one before. */
export const advertiseService: OpHandler<'advertise_service'> = ({ service, type }, { robot }) => {
  const name = absoluteName(service);
  if (type === undefined) {
    throw new RosError('TYPE_UNKNOWN', `advertise_service ${name} needs a "type", like std_srvs/Trigger.`);
  }
  if (!robot.services.has(name)) checkRoom(robot.services, 'services');
  robot.services.set(name, { told: service, schema: commonServiceSchema(type) });
};
