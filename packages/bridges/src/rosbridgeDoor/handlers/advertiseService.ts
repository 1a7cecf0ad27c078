import type { Handle } from './Handle.ts';

export const advertiseService: Handle<'advertise_service'> = ({ services }, op) => services.advertise(op);
