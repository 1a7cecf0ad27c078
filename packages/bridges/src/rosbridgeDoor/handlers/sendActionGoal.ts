import type { Handle } from './Handle.ts';

/** A command like any other; its answer is always an `action_result`. */
export const sendActionGoal: Handle<'send_action_goal'> = ({ goals }, op, arrival) => goals.send(op, arrival);
