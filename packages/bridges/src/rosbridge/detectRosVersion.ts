import { RosError } from '@longline/ros';
import type { CallBounds } from '../link/CallBounds.ts';
import type { Rosapi } from './Rosapi.ts';

/**
 * Which ROS is behind a server: rosapi says so in ROS 2; without that service, the type of the log topic tells, else the
 * spelling of the types, else it is ROS 1. Rejects where rosapi does not answer at all.
 */
export async function detectRosVersion(rosapi: Rosapi, bounds: CallBounds): Promise<1 | 2> {
  try {
    return await rosapi.rosVersion(bounds);
  } catch (error) {
    if (!(error instanceof RosError) || (error.code !== 'SERVICE_UNKNOWN' && error.code !== 'SERVICE_FAILED'))
      throw error;
  }
  const types = new Set((await rosapi.topics(bounds)).map(({ type }) => type));
  if (types.has('rosgraph_msgs/Log')) return 1;
  if (types.has('rcl_interfaces/msg/Log')) return 2;
  return [...types].some((type) => type.split('/').length === 3) ? 2 : 1;
}
