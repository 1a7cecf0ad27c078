import type { DoorRobot, DoorSession, DoorSocket } from '@longline/bridges';
import { bindDoorSocket } from '@longline/bridges';
import { defaultLimits, lineCloseCodes } from '@longline/line';
import type { Clock, Log, RosGraph } from '@longline/ros';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { FleetView } from '../access/FleetView.ts';
import type { Principal } from '../access/Principal.ts';
import type { RobotRequests } from '../commands/RobotRequests.ts';
import { sessionEndings } from '../credentials/sessionEndings.ts';
import type { Sessions } from '../credentials/Sessions.ts';
import { deviceUnknown } from '../errors.ts';
import type { Upgrade, UpgradeTaker } from '../gateway/UpgradeTaker.ts';
import { noWebSocket, webSocketRoutes } from '../gateway/webSocketRoutes.ts';
import type { WebSocketName } from '../gateway/webSocketRoutes.ts';
import type { ServerLimits } from '../limits.ts';
import type { ConnectionGate } from '../transport/ConnectionGate.ts';
import type { Intakes } from '../transport/Intakes.ts';
import { OpenSockets } from '../transport/OpenSockets.ts';
import { DeviceDoorRobot } from './DeviceDoorRobot.ts';
import { leaseTokenOf } from './leaseTokenOf.ts';
import { SharedGraphs } from './SharedGraphs.ts';

/** The protocols that doors speak. */
export type DoorName = Extract<WebSocketName, 'rosbridge' | 'foxglove'>;

/** Begins a session of one protocol. */
export type OpenDoor = (
  robot: DoorRobot,
  socket: DoorSocket,
  options: {
    readonly clock: Clock;
    readonly log: Log;
    /** Whether the reader has a right to command robots at all. */
    readonly mayCommand: boolean;
  },
) => DoorSession;

/** What the doors are given. */
export interface DoorsOptions {
  readonly kinds: Readonly<Record<DoorName, OpenDoor>>;
  /** A device as a principal has it. */
  readonly graphOf: (principal: Principal, device: string) => RosGraph;
  readonly viewOf: (principal: Principal) => FleetView;
  readonly requests: RobotRequests;
  readonly sessions: Sessions;
  readonly intakes: Intakes;
  readonly gate: Pick<ConnectionGate, 'handleGreeted'>;
  readonly clock: Clock;
  readonly limits: ServerLimits;
  readonly log: Log;
  readonly handleFault: (what: string, error: unknown) => void;
}

interface OpenedDoor {
  readonly name: DoorName;
  readonly close: (code: number, reason: string) => void;
}

/** The doors to devices for clients of other protocols: admits their WebSockets, and runs a session on each. */
export class Doors implements UpgradeTaker {
  readonly routes: readonly DoorName[] = ['rosbridge', 'foxglove'];
  /** Sessions since the server started, by protocol. */
  readonly opened: Record<DoorName, number> = { rosbridge: 0, foxglove: 0 };
  readonly #options: DoorsOptions;
  readonly #graphs: SharedGraphs;
  readonly #servers: ReadonlyMap<WebSocketName, WebSocketServer>;
  readonly #sockets = new OpenSockets<OpenedDoor>();

  constructor(options: DoorsOptions) {
    this.#options = options;
    this.#graphs = new SharedGraphs(options.clock, options.graphOf);
    const maxPayload = options.limits.line.maxFrameBytes ?? defaultLimits.maxFrameBytes;
    this.#servers = new Map(
      webSocketRoutes.map(({ name, subprotocols }) => [name, webSocketServer(subprotocols, maxPayload)]),
    );
  }

  get counts(): UpgradeTaker['counts'] {
    return { sockets: this.#sockets.size, readers: this.#sockets.size };
  }

  /** Sessions open now, of one protocol. */
  countOf(name: DoorName): number {
    return [...this.#sockets].filter((door) => door.name === name).length;
  }

  handleUpgrade(upgrade: Upgrade): void {
    const { route, device = '', principal, request, socket, head } = upgrade;
    const { name } = route;
    const server = this.#servers.get(name);
    if (principal === undefined || server === undefined || (name !== 'rosbridge' && name !== 'foxglove')) {
      throw noWebSocket(route.path);
    }
    const view = this.#options.viewOf(principal);
    if (view.device(device) === undefined) throw deviceUnknown(device);
    const leaseToken = leaseTokenOf(request.url ?? '');
    server.handleUpgrade(request, socket, head, (webSocket) => {
      this.#options.gate.handleGreeted(request.socket);
      this.#open(webSocket, name, { device, view, leaseToken });
    });
  }

  async stop(): Promise<void> {
    for (const door of this.#sockets) door.close(1001, 'SERVER_STOPPING: the server stops; come back in a moment');
    await this.#sockets.emptied();
  }

  #open(
    webSocket: WebSocket,
    name: DoorName,
    reader: { readonly device: string; readonly view: FleetView; readonly leaseToken: number | undefined },
  ): void {
    const { kinds, requests, sessions, intakes, clock, log, handleFault } = this.#options;
    const { principal } = reader.view;
    const robot = new DeviceDoorRobot({ ...reader, requests, clock, graphs: this.#graphs });
    const intake = intakes.ofReaders(principal);
    const charge = (bytes: number): number => intake.charge(1, bytes, clock.monotonicMs());
    let close: OpenedDoor['close'] = (code, reason) => webSocket.close(code, reason);
    const open = (socket: DoorSocket): DoorSession => {
      close = (code, reason) => socket.close(code, reason);
      return kinds[name](robot, socket, { clock, log, mayCommand: reader.view.rights.isAtLeast('operator') });
    };
    const fault = (error: unknown): void => handleFault(`a session of the ${name} door failed`, error);
    const door: OpenedDoor = { name, close: (code, reason) => close(code, reason) };
    const endSession = sessions.open(principal.id, (why) => {
      close(lineCloseCodes[why], `${why}: ${sessionEndings[why]}`);
    });
    this.#sockets.add(door);
    this.opened[name]++;
    // Before the session hears of it: whatever happens there, what the reader held ends.
    webSocket.on('close', () => {
      endSession();
      robot.close();
      this.#sockets.delete(door);
    });
    try {
      bindDoorSocket(webSocket, open, { charge, handleFault: fault });
    } catch (error) {
      fault(error);
      webSocket.on('error', () => undefined);
      webSocket.close(1011, 'the server failed; its log says why');
    }
  }
}

const webSocketServer = (subprotocols: readonly string[], maxPayload: number): WebSocketServer =>
  new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload,
    handleProtocols: (offered) => [...offered].find((protocol) => subprotocols.includes(protocol)) ?? false,
  });
