import type { Handle } from './Handle.ts';

export const advertiseAction: Handle<'advertise_action'> = ({ actions }, op) => actions.advertise(op);
