import type { Handle } from './Handle.ts';

export const cancelActionGoal: Handle<'cancel_action_goal'> = ({ goals }, op, arrival) => goals.cancel(op, arrival);
