import type { Action } from '@longline/line';

/** One frame of a motion stream. */
export interface MotionFrame {
  readonly action: Extract<Action, { kind: 'motion' }>;
  /** May be a view that is valid during the call only. */
  readonly payload: Uint8Array;
  /** How old it is already, in milliseconds. */
  readonly ageMs: number;
  /** At this age the robot no longer executes it, in milliseconds; its output's timeout holds as well. */
  readonly deadlineMs: number;
  /** Its place in the stream; one that is not above those before is refused. In the order of coming by default. */
  readonly sequence?: number | undefined;
}
