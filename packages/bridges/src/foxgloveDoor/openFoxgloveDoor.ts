import { silentLog, systemClock } from '@longline/ros';
import type { Clock, Log } from '@longline/ros';
import type { DoorRobot } from '../door/DoorRobot.ts';
import type { DoorSession, DoorSocket } from '../door/DoorSocket.ts';
import { FoxgloveSession } from './FoxgloveSession.ts';
import type { Capability } from './ServerOp.ts';

/** How a reader's session is opened. */
export interface FoxgloveDoorOptions {
  /** Default: this machine's. */
  readonly clock?: Clock | undefined;
  /** Default: silent. */
  readonly log?: Log | undefined;
  /** What viewers show as the server's name. Default: the graph's. */
  readonly name?: string | undefined;
  /** Another one tells a viewer to forget what it knew. Default: random, so one for each connection. */
  readonly sessionId?: string | undefined;
  /** What this reader is not offered because it has no right to it. Default: nothing. */
  readonly withheld?: readonly Capability[] | undefined;
}

const capabilities: readonly Capability[] = [
  'clientPublish',
  'parameters',
  'parametersSubscribe',
  'services',
  'connectionGraph',
];

/**
 * Serves a robot to one reader by the Foxglove WebSocket protocol, whose subprotocol was agreed on before. The reader is
 * greeted once the robot's kind is known, within 2 seconds.
 */
export function openFoxgloveDoor(robot: DoorRobot, socket: DoorSocket, options: FoxgloveDoorOptions = {}): DoorSession {
  const { clock = systemClock, log = silentLog, withheld = [] } = options;
  return new FoxgloveSession({
    robot,
    socket,
    clock,
    log,
    name: options.name ?? robot.graph.name,
    sessionId: options.sessionId ?? crypto.randomUUID(),
    capabilities: capabilities.filter((capability) => !withheld.includes(capability)),
  });
}
