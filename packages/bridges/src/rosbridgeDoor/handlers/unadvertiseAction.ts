import type { Handle } from './Handle.ts';

export const unadvertiseAction: Handle<'unadvertise_action'> = ({ actions }, op) => actions.unadvertise(op.action);
