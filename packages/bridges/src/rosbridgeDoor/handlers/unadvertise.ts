import type { Handle } from './Handle.ts';

export const unadvertise: Handle<'unadvertise'> = ({ publications }, op) => publications.unadvertise(op.topic, op.id);
