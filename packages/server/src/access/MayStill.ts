import type { Action } from '@longline/line';

/** Whether somebody whose rights changed may go on with something on a device. */
export type MayStill = (device: string, action: Action) => boolean;
