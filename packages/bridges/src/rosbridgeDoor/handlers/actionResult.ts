import type { Handle } from './Handle.ts';

/** Of a client that provides the action. */
export const actionResult: Handle<'action_result'> = ({ actions }, op) => actions.handleResult(op);
