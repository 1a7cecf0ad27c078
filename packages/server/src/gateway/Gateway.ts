import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { bindMessagePort, CoarseTimers, defaultLimits, lineCloseCodes, subprotocols } from '@longline/line';
import type { AgentHello, LineClose, LineLimits, ReaderHello, Transport } from '@longline/line';
import type { Clock, Disposer } from '@longline/ros';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { Server } from 'ws';
import { z } from 'zod';
import type { Authenticator } from '../credentials/Authenticator.ts';
import type { FailedLogins } from '../credentials/FailedLogins.ts';
import type { RobotAdmission } from '../credentials/RobotAdmission.ts';
import { sessionEndings } from '../credentials/sessionEndings.ts';
import type { SessionEnd, Sessions } from '../credentials/Sessions.ts';
import type { RobotRequests } from '../commands/RobotRequests.ts';
import { ServerError } from '../errors.ts';
import type { DeviceState } from '../fleet/DeviceState.ts';
import type { FleetState } from '../fleet/FleetState.ts';
import { errorReply } from '../http/errorReply.ts';
import type { ServerLimits } from '../limits.ts';
import { LiveSession } from '../live/LiveSession.ts';
import type { LiveSessionHost } from '../live/LiveSessionHost.ts';
import { FleetView } from '../access/FleetView.ts';
import { localAdministrator } from '../access/Principal.ts';
import type { Principal } from '../access/Principal.ts';
import type { Bus } from '../seams/Bus.ts';
import type { FleetStore } from '../seams/FleetStore.ts';
import type { Doorway } from '../transport/Doorway.ts';
import type { IntakeBudget } from '../transport/IntakeBudget.ts';
import type { Intakes } from '../transport/Intakes.ts';
import { OpenSockets } from '../transport/OpenSockets.ts';
import { KeyedBudgets } from '../transport/KeyedBudgets.ts';
import { AgentSession } from './AgentSession.ts';
import type { AgentSessionHost } from './AgentSession.ts';
import type { CloneAlarm } from './CloneAlarm.ts';
import { LineSocket } from './LineSocket.ts';
import type { MeteredEnd } from './LineSocket.ts';
import { refuseUpgrade } from './refuseUpgrade.ts';
import { UpgradeAdmission } from './UpgradeAdmission.ts';
import type { UpgradeTaker } from './UpgradeTaker.ts';
import { noWebSocket } from './webSocketRoutes.ts';

/** What a gateway is given. */
export interface GatewayOptions {
  readonly fleet: FleetState;
  readonly requests: RobotRequests;
  readonly admission: RobotAdmission;
  readonly authenticator: Pick<Authenticator, 'authenticateUpgrade'>;
  readonly sessions: Sessions;
  readonly failedLogins: Pick<FailedLogins, 'handleFailure'>;
  readonly clones: CloneAlarm;
  readonly store: FleetStore;
  readonly bus: Bus;
  readonly doorway: Pick<Doorway, 'gate' | 'guard' | 'headers' | 'proxies'>;
  readonly intakes: Intakes;
  /** Who takes the WebSockets of the routes that are no lines; where nobody does there is no such address. */
  readonly takers: readonly UpgradeTaker[];
  readonly clock: Clock;
  readonly limits: ServerLimits;
  readonly log: Logger;
  readonly name: string;
  readonly software: string;
}

const lineOpenedSubject = 'line.opened';
const lineOpenedSchema = z.object({ device: z.string(), epoch: z.number(), server: z.string() });

/** Takes WebSockets and ports in, and runs a session on each. */
export class Gateway implements AgentSessionHost, LiveSessionHost {
  readonly fleet: FleetState;
  readonly requests: RobotRequests;
  readonly admission: RobotAdmission;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly lineLimits: Partial<LineLimits>;
  readonly timers: CoarseTimers;
  readonly software: string;
  readonly name: string;
  readonly frame = { receiveTime: 0n };
  readonly counters = {
    frames: 0,
    bytes: 0,
    messages: 0,
    agentDropped: 0,
    refusedUpgrades: 0,
    linesOpened: 0,
    reconnects: 0,
    packedBytes: 0,
    unpackedBytes: 0,
    droppedForReaders: 0,
  };
  /** How many lines of devices ended, by why. */
  readonly endedLines = new Map<string, number>();
  readonly #options: GatewayOptions;
  readonly #upgrades: UpgradeAdmission;
  readonly #webSockets: Server<typeof LineSocket>;
  readonly #sockets = new OpenSockets<LineSocket>();
  readonly #agents = new Set<AgentSession>();
  readonly #readers = new Set<LiveSession>();
  /** Every reader's connection, those too that have not greeted. */
  readonly #liveSessions = new Map<LiveSession, Disposer>();
  readonly #lines: KeyedBudgets;
  #stopListening: Disposer = () => undefined;
  #stopped = false;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.fleet = options.fleet;
    this.requests = options.requests;
    this.admission = options.admission;
    this.sessions = options.sessions;
    this.clock = options.clock;
    this.lineLimits = options.limits.line;
    this.timers = new CoarseTimers(options.clock);
    const { deviceLinesPerSecond } = options.limits;
    this.#lines = new KeyedBudgets(deviceLinesPerSecond, 4 * deviceLinesPerSecond);
    this.software = options.software;
    this.name = options.name;
    this.#upgrades = new UpgradeAdmission(options);
    this.#webSockets = new WebSocketServer({
      WebSocket: LineSocket,
      noServer: true,
      clientTracking: false,
      // Definitions and batches do not compress at the price that a connection pays for it.
      perMessageDeflate: false,
      maxPayload: options.limits.line.maxFrameBytes ?? defaultLimits.maxFrameBytes,
      handleProtocols: (offered) => subprotocols.find((protocol) => offered.has(protocol)) ?? false,
    });
  }

  /** One for all sockets. */
  readonly #handleSocketClosed = (socket: LineSocket): void => this.#sockets.delete(socket);

  /** Agents' connections, readers that have greeted or came by a door, and all sockets. */
  get counts(): { readonly agents: number; readonly readers: number; readonly sockets: number } {
    let readers = this.#readers.size;
    let sockets = this.#sockets.size;
    for (const { counts } of this.#options.takers) {
      readers += counts.readers;
      sockets += counts.sockets;
    }
    return { agents: this.#agents.size, readers, sockets };
  }

  /** Messages that present and past readers were too slow for, or that were folded for their rates. */
  get droppedForReaders(): number {
    let dropped = this.counters.droppedForReaders;
    for (const { end } of this.#readers) dropped += end.droppedTotal;
    return dropped;
  }

  async start(): Promise<void> {
    this.#stopListening = await this.#options.bus.subscribe(lineOpenedSubject, (data) => this.#handleLineOpened(data));
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    try {
      this.#admit(request, socket, head);
    } catch (error) {
      this.counters.refusedUpgrades++;
      const { error: refusal, status } = errorReply(error);
      if (refusal !== error) this.handleFault('an upgrade failed', error);
      refuseUpgrade(socket, status, refusal, this.#options.doorway.headers);
    }
  }

  /** A reader's line for a worker thread of this process. */
  openPort(principal: Principal = localAdministrator): MessagePort {
    if (this.#stopped) throw stopped();
    const { port1, port2 } = new MessageChannel();
    const session = bindMessagePort(port1, (transport) => this.#openLive(principal, transport));
    // A worker that is terminated says nothing on the line.
    port1.on('close', () => session.handleDisconnected(1006, 'the port was closed'));
    return port2;
  }

  /** Closes every line and waits until the sockets are closed. Idempotent. */
  async stop(): Promise<void> {
    const message = 'the server stops; come back in a moment';
    this.#stopped = true;
    this.#stopListening();
    for (const { end } of [...this.#agents, ...this.#liveSessions.keys()]) end.close('SERVER_STOPPING', message);
    await Promise.all([...this.#options.takers.map((taker) => taker.stop()), this.#sockets.emptied()]);
  }

  admitsLine(device: string): boolean {
    return this.#lines.take(device, this.clock.monotonicMs()) === 0;
  }

  intakeOf(device: DeviceState): IntakeBudget {
    return this.#options.intakes.ofDevice(device);
  }

  readerIntakeOf(principal: Principal): IntakeBudget {
    return this.#options.intakes.ofReaders(principal);
  }

  openEpoch(device: string): Promise<number> {
    return this.#options.store.openLine(device, this.name);
  }

  handleLineOpened(device: DeviceState, { boot, software, robot }: AgentHello): void {
    const { id, epoch } = device;
    this.counters.linesOpened++;
    if (device.reconnects > 0) this.counters.reconnects++;
    this.#options.log.info({ device: id, epoch, boot, software, robot }, 'device online');
    this.#options.clones.handleLine(device);
    const told = new TextEncoder().encode(JSON.stringify({ device: id, epoch, server: this.name }));
    this.#options.bus.publish(lineOpenedSubject, told).catch((error: unknown) => {
      this.handleFault('the other servers could not be told of a new line', error);
    });
  }

  handleLineEnded(close: LineClose | undefined, device: string, epoch: number): void {
    if (close !== undefined) {
      const { closeCode, code, reason } = close;
      const why = endOf(close);
      this.endedLines.set(why, (this.endedLines.get(why) ?? 0) + 1);
      this.#options.log.info({ device, epoch, closeCode, code, reason }, 'line ended');
      if (code === 'INTERNAL') this.handleFault(`the line of device ${device} failed`, close.cause);
    }
    this.#options.store.closeLine(device, epoch).catch((error: unknown) => {
      this.handleFault('the store could not be told that a line ended', error);
    });
  }

  handleRefusedHello(device: string, code: string, address: string): void {
    this.#options.failedLogins.handleFailure(address, code, device);
  }

  viewOf(principal: Principal): FleetView {
    return new FleetView(this.fleet, this.clock, principal);
  }

  handleJoined(session: LiveSession, { software }: ReaderHello): boolean {
    if (this.counts.readers >= this.#options.limits.maxReaders) return false;
    this.#readers.add(session);
    this.#options.log.debug({ software, readers: this.#readers.size }, 'reader joined');
    return true;
  }

  /** For both kinds of sessions. */
  handleClosed(session: AgentSession | LiveSession, close?: LineClose): void {
    if (session instanceof AgentSession) {
      this.#agents.delete(session);
      return;
    }
    this.#liveSessions.get(session)?.();
    this.#liveSessions.delete(session);
    if (!this.#readers.delete(session)) return;
    this.counters.droppedForReaders += session.end.droppedTotal;
    this.#options.log.debug({ code: close?.code, reason: close?.reason, readers: this.#readers.size }, 'reader left');
    if (close?.code === 'INTERNAL') this.handleFault('the line of a reader failed', close.cause);
  }

  handleFault(what: string, error: unknown): void {
    this.#options.log.error({ err: error }, what);
  }

  /** Throws what the upgrade is refused with. */
  #admit(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#stopped) throw stopped();
    const admitted = this.#upgrades.admit(request, this.counts.sockets);
    const { route, address, principal } = admitted;
    if (route.name === 'line' || route.name === 'live') {
      const attach = (transport: Transport): MeteredEnd =>
        principal === undefined ? this.#openAgent(transport, address) : this.#openLive(principal, transport);
      this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => this.#take(webSocket, request, attach));
      return;
    }
    const taker = this.#options.takers.find(({ routes }) => routes.includes(route.name));
    if (taker === undefined) throw noWebSocket(route.path);
    if (principal !== undefined && this.counts.readers >= this.#options.limits.maxReaders) throw readerLimit();
    taker.handleUpgrade({ ...admitted, request, socket, head });
  }

  #take(
    socket: LineSocket,
    { socket: connection }: IncomingMessage,
    attach: (transport: Transport) => MeteredEnd,
  ): void {
    this.#sockets.add(socket);
    socket.bindLine({
      attach,
      connection,
      maxUngreetedBytes: this.#options.limits.maxUngreetedBytes,
      handleGreeted: () => this.#options.doorway.gate.handleGreeted(connection),
      handleClosed: this.#handleSocketClosed,
    });
  }

  #openAgent(transport: Transport, address: string): AgentSession {
    const session = new AgentSession(this, transport, address);
    this.#agents.add(session);
    return session;
  }

  #openLive(principal: Principal, transport: Transport): LiveSession {
    const session = new LiveSession(this, principal, transport);
    const close = (why: SessionEnd): void => session.end.close(why, sessionEndings[why]);
    this.#liveSessions.set(session, this.sessions.open(principal.id, close));
    return session;
  }

  /** Another server accepted a newer line of a device that is connected here. */
  #handleLineOpened(data: Uint8Array): void {
    const { device: id, epoch, server } = lineOpenedSchema.parse(JSON.parse(new TextDecoder().decode(data)));
    const device = this.fleet.device(id);
    if (server === this.name || device === undefined || device.epoch >= epoch) return;
    device.line?.close('LINE_REPLACED', `another agent with this device ID connected to ${server}`);
  }
}

/** One of the codes that there are: whoever closes may write anything. */
const endOf = ({ closeCode, code }: LineClose): string =>
  code !== undefined && Object.hasOwn(lineCloseCodes, code) ? code : closeCode === 1006 ? 'BROKEN' : 'OTHER';

const readerLimit = (): ServerError =>
  new ServerError('READER_LIMIT', 'As many readers as there may be are connected. Try again later.');

const stopped = (): ServerError => new ServerError('SERVER_STOPPING', 'The server is stopping. Start another.');
