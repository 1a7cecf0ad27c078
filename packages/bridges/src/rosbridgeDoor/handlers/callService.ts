import type { Handle } from './Handle.ts';

/** rosapi is answered here, every other service by the robot. */
export const callService: Handle<'call_service'> = ({ calls }, op, arrival) => calls.call(op, arrival);
