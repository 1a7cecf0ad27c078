import type { Handle } from './Handle.ts';

/** A command like any other: it goes through the robot's outputs with its age. */
export const publish: Handle<'publish'> = ({ publications }, op, arrival) => publications.publish(op, arrival);
