import type { Action } from '@longline/line';
import { isLonglineError } from '@longline/ros';
import type { Rights } from './Rights.ts';

/** Whether somebody whose rights changed may go on with something on a device. */
export type MayStill = (device: string, action: Action) => boolean;

/** By the rights that are left; undefined: nothing is. */
export const mayStill =
  (rights: Rights | undefined): MayStill =>
  (device, action) => {
    try {
      rights?.check(device, action);
      return rights !== undefined;
    } catch (error) {
      if (!isLonglineError(error)) throw error;
      return false;
    }
  };
