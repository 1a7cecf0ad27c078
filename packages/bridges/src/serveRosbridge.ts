import { silentLog, systemClock } from '@longline/ros';
import type { Clock, Log, RosGraph } from '@longline/ros';
import { GraphChannels } from './door/GraphChannels.ts';
import { localDoorRobot } from './door/localDoorRobot.ts';
import { serveDoor } from './door/serveDoor.ts';
import type { ServedDoor } from './door/serveDoor.ts';
import { openRosbridgeDoor } from './rosbridgeDoor/openRosbridgeDoor.ts';

/** Where and how a graph is served. */
export interface ServeRosbridgeOptions {
  /** Default `127.0.0.1`: whoever reaches it may command the robot. */
  readonly host?: string | undefined;
  /** Default 9090; 0 takes any free port. */
  readonly port?: number | undefined;
  /** Default: this machine's. */
  readonly clock?: Clock | undefined;
  /** Default: silent. */
  readonly log?: Log | undefined;
  /**
   * Web pages that may connect besides those of this machine (`http://localhost:3000`), as their `Origin`; desktop viewers may send `file://`.
   * Default: none, for any page of the web that is open in a browser here could command the robot. Programs send no origin and always may.
   */
  readonly origins?: readonly string[] | undefined;
}

const DEFAULT_PORT = 9090;

/**
 * Serves any graph by rosbridge v2, to roslibjs, roslibpy and Lichtblick. The graph stays open when the door is closed.
 *
 * @example const door = await serveRosbridge(openTurtlesim()); // then new ROSLIB.Ros({ url: 'ws://localhost:9090' })
 */
export function serveRosbridge(graph: RosGraph, options: ServeRosbridgeOptions = {}): Promise<ServedDoor> {
  const { clock = systemClock, log = silentLog, host, port = DEFAULT_PORT, origins } = options;
  const channels = new GraphChannels({ graph, clock, log });
  return serveDoor({
    host,
    port,
    log,
    origins,
    open: (socket) => openRosbridgeDoor(localDoorRobot(graph, { clock, log, channels }), socket, { clock, log }),
  });
}
