import type { AddressInfo } from 'node:net';
import type { MessagePort } from 'node:worker_threads';
import { serverNameSchema } from '@longline/line';
import { systemClock, version } from '@longline/ros';
import type { Clock } from '@longline/ros';
import { destination, pino } from 'pino';
import type { Logger } from 'pino';
import { Commands } from './commands/Commands.ts';
import { MemoryCredentialStore } from './credentials/MemoryCredentialStore.ts';
import { openAccess } from './credentials/openAccess.ts';
import { RobotAdmission } from './credentials/RobotAdmission.ts';
import { doorKinds } from './doors/doorKinds.ts';
import { Doors } from './doors/Doors.ts';
import { ServerError } from './errors.ts';
import { Fleet } from './fleet/Fleet.ts';
import { FleetState } from './fleet/FleetState.ts';
import { CloneAlarm } from './gateway/CloneAlarm.ts';
import { Gateway } from './gateway/Gateway.ts';
import { principalOf } from './http/App.ts';
import { createApp } from './http/createApp.ts';
import { defaultServerLimits } from './limits.ts';
import type { ServerLimits } from './limits.ts';
import { serverMetrics } from './metrics/serverMetrics.ts';
import { PlainDevices } from './plain/PlainDevices.ts';
import { openMotionRooms } from './motion/openMotionRooms.ts';
import { localAdministrator } from './access/Principal.ts';
import { MemoryBus } from './seams/MemoryBus.ts';
import { MemoryFleetStore } from './seams/MemoryFleetStore.ts';
import { Intakes } from './transport/Intakes.ts';
import { Doorway } from './transport/Doorway.ts';
import type { TransportOptions } from './transport/Doorway.ts';
import { isLoopback } from './transport/networkAddress.ts';
import { StandingCommands } from './standing/StandingCommands.ts';
import { Audit } from './store/Audit.ts';
import { openStores } from './store/openStores.ts';
import { openCredentials } from './store/sqlite/openCredentials.ts';
import { Sweeper } from './store/Sweeper.ts';

/** How a server is to run. */
export interface ServerOptions extends TransportOptions {
  /** Address to listen on. Default 127.0.0.1; any but a loopback address needs credentials, and TLS here or in a proxy. */
  readonly host?: string | undefined;
  /** Default 8080; 0 takes a free one. */
  readonly port?: number | undefined;
  /** Shown to agents and readers, and unlike that of any other server of the fleet. Default `longline`. */
  readonly name?: string | undefined;
  /** Default: warnings and errors, to standard error. */
  readonly log?: Logger | undefined;
  readonly clock?: Clock | undefined;
  readonly limits?: Partial<ServerLimits> | undefined;
  /** Directory for the history of commands, the audit and stops that wait, of this server alone; made where it is missing. Default: in memory. */
  readonly dataDir?: string | undefined;
  /** Metrics of each device besides those of all: for fleets that a Prometheus can hold one by one. Default false. */
  readonly metricsPerDevice?: boolean | undefined;
}

/** A running server. */
export interface Server {
  /** For HTTP on this machine: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Where people and robots reach it, where that was said. */
  readonly publicUrl: string | undefined;
  /** Whether everybody is asked who they are. */
  readonly locked: boolean;
  readonly port: number;
  /** Every device, for programs in this process. */
  readonly fleet: Fleet;
  /** A reader's line for a worker thread; transfer the port to it. Throws `SERVER_STOPPING`. */
  openPort(): MessagePort;
  /** Takes the TLS files anew now; a pair that cannot be used is told in the log, and the one before stays. */
  reload(): void;
  /** Ends every line and closes the port. Idempotent; waits. */
  stop(): Promise<void>;
}

/**
 * Starts a server and resolves when it takes connections. Rejects with `ADDRESS_NOT_LOOPBACK`, `PORT_IN_USE`,
 * `ADDRESS_UNUSABLE`, `STORE_UNUSABLE`, `TLS_UNUSABLE`, `OPTION_INVALID`.
 *
 * @example
 * const server = await startServer({ port: 8080 });
 * console.log(server.fleet.device('1722').latest('/turtle1/pose')?.message.value);
 */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const { host = '127.0.0.1', port = 8080, name = 'longline', clock = systemClock } = options;
  const log = options.log ?? pino({ level: 'warn' }, destination(2));
  const limits = { ...defaultServerLimits, ...options.limits };
  if (!serverNameSchema.safeParse(name).success) throw nameInvalid(name);

  const credentials =
    options.dataDir === undefined ? new MemoryCredentialStore() : await openCredentials(options.dataDir);
  const locked = credentials.isLocked;
  const doorway = await Doorway.open({ ...options, host, locked, dataDir: options.dataDir, limits, clock, log }).catch(
    (error: unknown) => {
      credentials.close();
      throw error;
    },
  );
  const state = new FleetState(clock, limits);
  const { history, stops: stopStore } = await openStores({ directory: options.dataDir, limits, clock, log });
  const audit = new Audit(history, clock);
  const sweeper = new Sweeper(history, clock, limits);
  const commands = new Commands(state, clock, limits, history, audit);
  const standing = new StandingCommands(commands, clock, limits.maxStandingPerDevice);
  const motion = openMotionRooms({
    fleet: state,
    commands,
    standing,
    clock,
    audit,
    stopStore,
    handleFault: (what, error) => log.error({ err: error }, what),
  });
  const { requests } = motion;
  const stopStanding = state.watchDevices(standing);
  const stopCommands = state.watchDevices(commands);
  const bus = new MemoryBus();
  const store = new MemoryFleetStore();
  const software = `longline-server ${version}`;
  const revoke: typeof requests.revoke = (id, rights) => requests.revoke(id, rights);
  const access = openAccess({ store: credentials, clock, audit, revoke });
  const { authenticator, failedLogins, robotKeys, sessions, tokens } = access;
  const admission = new RobotAdmission({ store: credentials, name });
  const clones = new CloneAlarm({ clock, log, audit });
  const handleFault = (what: string, error: unknown): void => log.error({ err: error }, what);
  const fleet = new Fleet({ fleet: state, commands, requests, standing, clock, handleFault }, localAdministrator);
  const intakes = new Intakes(limits);
  const doors: Doors = new Doors({
    kinds: doorKinds,
    graphOf: (principal, device) => fleet.as(principal).device(device),
    viewOf: (principal) => gateway.viewOf(principal),
    requests,
    sessions,
    intakes,
    gate: doorway.gate,
    clock,
    limits,
    log,
    handleFault,
  });
  const plainDevices = new PlainDevices({
    admission: access.plainAdmission,
    gate: doorway.gate,
    host: () => gateway,
  });
  const gateway: Gateway = new Gateway({
    fleet: state,
    requests,
    admission,
    authenticator,
    sessions,
    failedLogins,
    clones,
    store,
    bus,
    doorway,
    intakes,
    takers: [doors, plainDevices],
    clock,
    limits,
    log,
    name,
    software,
  });
  let ready = false;
  let listened = false;
  const metrics = serverMetrics({
    fleet: state,
    gateway,
    doors,
    commands,
    standing,
    history,
    gate: doorway.gate,
    motion,
    perDevice: options.metricsPerDevice ?? false,
  });
  const app = await createApp(
    {
      fleetOf: (request) => fleet.as(principalOf(request)),
      audit,
      requests,
      authenticator,
      sessions,
      tokens,
      robotKeys,
      deviceTokens: access.deviceTokens,
      serverName: name,
      publicUrl: doorway.publicUrl?.origin,
      clock,
      metrics,
      isReady: () => ready,
      principalOf,
    },
    {
      doorway,
      authenticator,
      maxBodyBytes: limits.maxBodyBytes,
      version,
      log,
    },
  );
  app.server.on('upgrade', (request, socket, head) => gateway.handleUpgrade(request, socket, head));
  app.server.maxConnections = limits.maxSockets + HTTP_CONNECTIONS;

  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    ready = false;
    await gateway.stop();
    await app.close();
    stopCommands();
    stopStanding();
    motion.close();
    commands.stop();
    standing.stop();
    await Promise.all([bus.close(), store.close(), stopStore.close()]);
    sweeper.stop();
    doorway.stop();
    access.close();
    credentials.close();
    history.close();
    if (listened) log.info('server stopped');
  };

  await gateway.start();
  await motion.stops.start();
  try {
    await app.listen({ host, port });
  } catch (error) {
    await stop();
    throw listenError(error, host, port);
  }
  doorway.start();
  ready = true;
  listened = true;
  const actualPort = portOf(app.server.address());
  const url = `${doorway.scheme}://${urlHost(host)}:${actualPort}`;
  log.info(
    { url, name, dataDir: options.dataDir ?? 'none: the history of commands ends with this process' },
    'server started',
  );
  if (!locked && !isLoopback(host)) {
    log.warn({ host }, 'UNLOCKED: whoever reaches this address reads and commands every robot');
  }
  return {
    url,
    port: actualPort,
    publicUrl: doorway.publicUrl?.origin,
    locked,
    fleet,
    openPort: () => gateway.openPort(),
    reload: () => doorway.reload(),
    stop: () => (stopping ??= stop()),
  };
}

/** Connections for plain HTTP besides the WebSockets. */
const HTTP_CONNECTIONS = 1_000;

const nameInvalid = (name: string): ServerError =>
  new ServerError(
    'OPTION_INVALID',
    `${JSON.stringify(name.slice(0, 128))} cannot be the name of a server: robots sign it. Use 1 to 128 characters without control characters.`,
  );

function listenError(error: unknown, host: string, port: number): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const details = { host, port };
  if (error.code === 'EADDRINUSE') {
    return new ServerError(
      'PORT_IN_USE',
      `Port ${port} of ${host} is taken, perhaps by another Longline server. Stop that one, or choose another with --port (0 takes a free one).`,
      { cause: error, details },
    );
  }
  return new ServerError(
    'ADDRESS_UNUSABLE',
    `The server cannot listen on port ${port} of ${host} (${String(error.code)}). Use an address of this machine and a port that this user may open.`,
    { cause: error, details },
  );
}

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0;

function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
