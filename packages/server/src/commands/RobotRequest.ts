import type { Action } from '@longline/line';
import type { Principal } from '../access/Principal.ts';

/** Whether a command for an absent robot is refused at once, or kept until its deadline and sent when the robot is back. */
export const offlineChoices = ['refuse', 'wait'] as const;
export type WhenOffline = (typeof offlineChoices)[number];

/** Something to be asked of a robot. */
export interface RobotRequest {
  readonly device: string;
  readonly action: Action;
  readonly payload: Uint8Array;
  readonly principal: Principal;
  /** The caller's idempotency key, 1 to 128 characters; random by default. */
  readonly id?: string | undefined;
  /** How old it is already, in milliseconds. Default 0. */
  readonly ageMs?: number | undefined;
  /** At this age it must no longer be executed, in milliseconds. Default 5,000. */
  readonly deadlineMs?: number | undefined;
  /** Fencing token of the lease it is made under. Default 0, without one. */
  readonly token?: number | undefined;
  /** Counts up per token. Default: the requests of the line are counted. */
  readonly sequence?: number | undefined;
  /** Default `refuse`. Only what needs no lease and is done once may wait. */
  readonly whenOffline?: WhenOffline | undefined;
  /** Who provides a service, and alone answers its calls: a reader's session, a program's handle on a device. Default: nobody. */
  readonly owner?: object | undefined;
}
