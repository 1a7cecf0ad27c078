import type { Handle } from './Handle.ts';

/** Announces what will be published; the same ID again is no harm. */
export const advertise: Handle<'advertise'> = ({ publications }, op) => publications.advertise(op);
