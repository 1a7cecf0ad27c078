import { RosError } from '@longline/ros';
import type { Handle } from './Handle.ts';
import { noActions } from './noActions.ts';

/** Of actions only the goal has an answer of its own; every other op is refused with a status. */
export const refuseAction: Handle<
  'cancel_action_goal' | 'advertise_action' | 'unadvertise_action' | 'action_feedback' | 'action_result'
> = (_reader, { action }) => {
  throw new RosError('NOT_SUPPORTED', noActions(action).replace('NOT_SUPPORTED: ', ''));
};
