import type { Handle } from './Handle.ts';

/** Of a client that provides the action. */
export const actionFeedback: Handle<'action_feedback'> = ({ actions }, op) => actions.handleFeedback(op);
