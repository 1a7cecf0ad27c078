import { absoluteName } from '../PlainRobot.ts';
import type { OpHandler } from './OpHandler.ts';

/** A service that the device answers no more: calls under way fail. */
export const unadvertiseService: OpHandler<'unadvertise_service'> = ({ service }, { calls, robot }) => {
  const name = absoluteName(service);
  if (robot.services.delete(name)) calls.handleWithdrawn(name);
};
