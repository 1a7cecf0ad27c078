import type { Handle } from './Handle.ts';

export const unadvertiseService: Handle<'unadvertise_service'> = ({ services }, op) => services.unadvertise(op.service);
