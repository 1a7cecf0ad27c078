import type { PathEstimate } from '@longline/line';

/** What a line carries besides its window: parts of large requests, which motion overtakes, in bytes and in time. */
const RESERVE_BYTES = 1_024;
const RESERVE_S = 0.02;

/**
 * Whether a frame of motion that is sent now soon reaches the robot. What is under way beyond the window waits somewhere on the
 * path, where no newer frame can replace it. A large request fills the window and not more.
 */
export function hasRoomForMotion({ inFlightBytes, windowBytes, bytesPerSecond = 0 }: PathEstimate): boolean {
  return inFlightBytes <= windowBytes + Math.max(RESERVE_BYTES, bytesPerSecond * RESERVE_S);
}
