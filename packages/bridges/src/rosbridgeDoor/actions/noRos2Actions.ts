import { RosError } from '@longline/ros';

/** Actions of ROS 2 are services and topics that no graph carries whole. */
export const noRos2Actions = (action: string): RosError =>
  new RosError(
    'NOT_SUPPORTED',
    `The actions of ROS 2 cannot be used through this door (${action}). Topics, services and parameters can: let a node of the robot take a goal from a topic or a service.`,
    { details: { action } },
  );
