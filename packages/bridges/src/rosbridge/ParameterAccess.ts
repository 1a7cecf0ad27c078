import type { ParameterValue } from '@longline/ros';
import type { CallBounds } from '../link/CallBounds.ts';

/** Parameters of one robot; ROS 1 and ROS 2 keep them in different places. */
export interface ParameterAccess {
  list(bounds: CallBounds): Promise<string[]>;
  /** Rejects with `PARAMETER_UNKNOWN`. */
  get(name: string, bounds: CallBounds): Promise<ParameterValue>;
  /** Rejects with `PARAMETER_INVALID` and the robot's reason where the value was refused. */
  set(name: string, value: ParameterValue, bounds: CallBounds): Promise<void>;
  /** Rejects with `PARAMETER_UNKNOWN`, and `NOT_SUPPORTED` with the robot's reason where it cannot be deleted. */
  delete(name: string, bounds: CallBounds): Promise<void>;
}
