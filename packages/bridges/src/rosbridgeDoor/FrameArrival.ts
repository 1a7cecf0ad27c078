import type { CommandAge } from '../door/DoorRobot.ts';

/** When something came from a reader, and how old it could be then. */
export interface FrameArrival {
  readonly atMs: number;
  readonly age: CommandAge;
  /** Characters of its text. */
  readonly length: number;
}

/** How old it may be now; `nowMs` is of the same monotonic clock. */
export function ageNow({ atMs, age }: FrameArrival, nowMs: number): CommandAge {
  return nowMs <= atMs ? age : { ageMs: age.ageMs + (nowMs - atMs), mayBeFlushed: age.mayBeFlushed };
}

/** Of what came in several frames, the first decides how old it is. */
export const joined = (first: FrameArrival, length: number): FrameArrival => ({ ...first, length });
