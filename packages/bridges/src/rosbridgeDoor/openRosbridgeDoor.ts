import { silentLog, systemClock } from '@longline/ros';
import type { Clock, Log } from '@longline/ros';
import type { DoorRobot } from '../door/DoorRobot.ts';
import type { DoorSession, DoorSocket } from '../door/DoorSocket.ts';
import { RosbridgeSession } from './RosbridgeSession.ts';

/** How {@link openRosbridgeDoor} is opened. */
export interface RosbridgeDoorOptions {
  /** Default: this machine's. */
  readonly clock?: Clock | undefined;
  /** Default: silent. */
  readonly log?: Log | undefined;
}

/**
 * Speaks rosbridge v2 with one client (roslibjs, roslibpy, Lichtblick) about one robot: every op, `status` with `CODE: sentence` for all
 * that is refused, rosapi answered here. What the client held ends with `handleClosed`, the robot's `outputs` too.
 */
export function openRosbridgeDoor(
  robot: DoorRobot,
  socket: DoorSocket,
  { clock = systemClock, log = silentLog }: RosbridgeDoorOptions = {},
): DoorSession {
  return new RosbridgeSession({ robot, socket, clock, log });
}
