import { silentLog, systemClock } from '@longline/ros';
import type { Clock, Log, RosGraph } from '@longline/ros';
import { GraphChannels } from './door/GraphChannels.ts';
import { localDoorRobot } from './door/localDoorRobot.ts';
import { serveDoor } from './door/serveDoor.ts';
import type { ServedDoor } from './door/serveDoor.ts';
import { openFoxgloveDoor } from './foxgloveDoor/openFoxgloveDoor.ts';
import { FOXGLOVE_SUBPROTOCOLS } from './foxgloveDoor/subprotocols.ts';

/** Where and how a graph is served. */
export interface ServeFoxgloveOptions {
  /** Default `127.0.0.1`: whoever reaches it may command the robot. */
  readonly host?: string | undefined;
  /** Default 8765; 0 takes any free port. */
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
  /** What viewers show as the server's name. Default: the graph's. */
  readonly name?: string | undefined;
}

const DEFAULT_PORT = 8765;

/**
 * Serves any graph by the Foxglove WebSocket protocol, to Foxglove, Lichtblick and PlotJuggler: topics, services,
 * parameters and the connection graph. The graph stays open when the door is closed.
 *
 * @example const door = await serveFoxglove(openTurtlesim()); // then open ws://localhost:8765 in Lichtblick
 */
export function serveFoxglove(graph: RosGraph, options: ServeFoxgloveOptions = {}): Promise<ServedDoor> {
  const { clock = systemClock, log = silentLog, host, port = DEFAULT_PORT, origins, name } = options;
  const channels = new GraphChannels({ graph, clock, log });
  return serveDoor({
    host,
    port,
    log,
    origins,
    subprotocols: FOXGLOVE_SUBPROTOCOLS,
    open: (socket) => openFoxgloveDoor(localDoorRobot(graph, { clock, log, channels }), socket, { clock, log, name }),
  });
}
