import { LineError, RobotEnd } from '@longline/line';
import type {
  AdvertisedChannel,
  AgentHello,
  CoarseTimers,
  HelloProof,
  LineClose,
  LineLimits,
  LineReport,
  MessageRecord,
  RobotEndHandlers,
  RobotStatus,
  Transport,
} from '@longline/line';
import { nodeZstd } from '@longline/line/node';
import type { Clock, Disposer } from '@longline/ros';
import { deviceSession } from '../credentials/RobotAdmission.ts';
import type { RobotAdmission } from '../credentials/RobotAdmission.ts';
import type { Sessions } from '../credentials/Sessions.ts';
import type { ChannelState } from '../fleet/ChannelState.ts';
import type { DeviceState } from '../fleet/DeviceState.ts';
import type { LineTraffic } from '../fleet/LineTraffic.ts';
import type { FleetState } from '../fleet/FleetState.ts';
import type { IntakeBudget } from '../transport/IntakeBudget.ts';
import type { MeteredEnd } from './LineSocket.ts';

/** What the sessions of agents share. */
export interface AgentSessionHost {
  readonly fleet: FleetState;
  readonly admission: RobotAdmission;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly lineLimits: Partial<LineLimits>;
  readonly timers: CoarseTimers;
  readonly software: string;
  readonly name: string;
  /** Whether the device may open another line now. */
  admitsLine(device: string): boolean;
  /** What a device may send, on all sockets of its line together. */
  intakeOf(device: DeviceState): IntakeBudget;
  /** Hands out the epoch of a new line. */
  openEpoch(device: string): Promise<number>;
  handleLineOpened(device: DeviceState, hello: AgentHello): void;
  /** Somebody at that address did not prove to be that device. */
  handleRefusedHello(device: string, code: string, address: string): void;
  /** The line of that epoch ended, as `close` says; undefined when the agent left before it was let in. */
  handleLineEnded(close: LineClose | undefined, device: string, epoch: number): void;
  /** The connection is over, whether a device was known by then or not. */
  handleClosed(session: AgentSession): void;
  /** Something went wrong on this side. */
  handleFault(what: string, error: unknown): void;
  /** The frame being read: the clock is read once for all messages in it, whichever socket of the line it came on. */
  readonly frame: { receiveTime: bigint };
  readonly counters: {
    frames: number;
    bytes: number;
    messages: number;
    agentDropped: number;
    packedBytes: number;
    unpackedBytes: number;
  };
}

/** Every reader is told of a status, so no robot's changes are told more often than this, in milliseconds. */
const STATUS_EVERY_MS = 50;

/** One agent's connection: brings what its line says into the fleet. */
export class AgentSession implements MeteredEnd, RobotEndHandlers {
  readonly end: RobotEnd;
  readonly #host: AgentSessionHost;
  #device: DeviceState | undefined;
  #epoch = 0;
  /** Of the line that this connection belongs to, once it is let in. */
  #traffic: LineTraffic | undefined;
  #intake: IntakeBudget | undefined;
  /** For {@link MeteredEnd}. */
  overdraftMs = 0;
  /** When the next change of the status may be told. */
  #statusDueMs = Number.NEGATIVE_INFINITY;
  #cancelStatus: Disposer | undefined;
  readonly #address: string;
  /** Of {@link Sessions}, on a locked server. */
  #leaveSessions: Disposer | undefined;

  /** `address`: of the agent, for the audit. */
  constructor(host: AgentSessionHost, transport: Transport, address: string) {
    this.#host = host;
    this.#address = address;
    this.end = new RobotEnd({
      transport,
      challenge: host.admission.challenge(),
      clock: host.clock,
      handlers: this,
      limits: host.lineLimits,
      zstd: nodeZstd,
      timers: host.timers,
      shared: host.fleet.shared,
    });
  }

  handleOpen(): void {
    this.end.handleOpen();
  }

  handleFrame(frame: Uint8Array): void {
    const { clock, counters } = this.#host;
    this.#host.frame.receiveTime = clock.wallNs();
    counters.frames++;
    counters.bytes += frame.length;
    this.#traffic?.handleFrame(frame.length);
    const before = counters.messages;
    this.end.handleFrame(frame);
    const messages = counters.messages - before;
    this.overdraftMs = this.#intake?.charge(messages, frame.length, clock.monotonicMs()) ?? 0;
  }

  handleText(): void {
    this.end.handleText();
  }

  handleWritable(): void {
    this.end.handleWritable();
  }

  handleDisconnected(closeCode: number, reason: string): void {
    this.end.handleDisconnected(closeCode, reason);
  }

  handleHello(hello: AgentHello, proof: HelloProof): void {
    this.#admit(hello, proof).catch((error: unknown) => {
      if (error instanceof LineError) {
        this.end.close(error.code, error.message);
        this.#host.handleRefusedHello(hello.device, error.code, this.#address);
        return;
      }
      this.#host.handleFault(`device ${hello.device} could not join`, error);
      this.end.close('INTERNAL', 'the server could not let the device in; its log says why');
    });
  }

  handleAdvertise(channels: readonly AdvertisedChannel[]): void {
    const device = this.#current();
    if (device === undefined) return;
    for (const advertised of channels) this.#host.fleet.advertise(device, advertised);
  }

  handleUnadvertise(channels: readonly AdvertisedChannel[]): void {
    const device = this.#current();
    if (device === undefined) return;
    for (const advertised of channels) {
      const channel = channelOf(device, advertised);
      if (channel !== undefined) this.#host.fleet.unadvertise(device, channel);
    }
  }

  handleMessage(advertised: AdvertisedChannel, record: MessageRecord): void {
    const device = this.#current();
    if (device === undefined) return;
    this.#host.counters.messages++;
    if (this.#traffic !== undefined) this.#traffic.messages++;
    channelOf(device, advertised)?.handleMessage(record, this.#host.frame.receiveTime);
  }

  handleDropped(advertised: AdvertisedChannel, count: number): void {
    const device = this.#current();
    if (device === undefined) return;
    this.#host.counters.agentDropped += count;
    channelOf(device, advertised)?.handleDropped(count);
  }

  handleStatus(status: RobotStatus): void {
    const device = this.#current();
    if (device === undefined) return;
    const { clock, fleet } = this.#host;
    device.status = fleet.statuses.shared(status);
    if (this.#cancelStatus !== undefined) return;
    const waitMs = this.#statusDueMs - clock.monotonicMs();
    if (waitMs <= 0) this.#announceStatus(device);
    else this.#cancelStatus = clock.after(waitMs, () => this.#announceStatus(device));
  }

  handleClock(): void {
    const device = this.#current();
    if (device !== undefined) this.#host.fleet.handleClock(device);
  }

  handleReport(report: LineReport): void {
    const device = this.#current();
    if (device === undefined) return;
    device.report = report;
    device.reportedMs = this.#host.clock.monotonicMs();
  }

  handleUnpacked(packedBytes: number, bytes: number): void {
    this.#host.counters.packedBytes += packedBytes;
    this.#host.counters.unpackedBytes += bytes;
  }

  handleClosed(close: LineClose): void {
    this.#cancelStatus?.();
    this.#leaveSessions?.();
    if (this.#device !== undefined) {
      this.#host.fleet.closeLine(this.#device, this.#epoch);
      this.#host.handleLineEnded(close, this.#device.id, this.#epoch);
    }
    this.#host.handleClosed(this);
  }

  /** Nothing of the fleet is touched before the robot has proved itself. */
  async #admit(hello: AgentHello, proof: HelloProof): Promise<void> {
    const { admission, sessions } = this.#host;
    if (admission.isLocked) {
      await admission.check(hello, proof);
      if (this.end.state !== 'greeting') return;
      this.#leaveSessions = sessions.open(deviceSession(hello.device), (why) =>
        this.end.close(why, 'the key of this robot was revoked or exchanged'),
      );
    }
    if (hello.socket > 0) this.#joinLine(hello);
    else await this.#join(hello);
  }

  async #join(hello: AgentHello): Promise<void> {
    const { fleet } = this.#host;
    if (!this.#host.admitsLine(hello.device)) {
      this.end.close('LIMIT_EXCEEDED', 'this device opens too many lines a second; is its ID or key on two machines?');
      return;
    }
    if (!fleet.hasRoomFor(hello.device)) {
      this.#refuseForRoom();
      return;
    }
    const epoch = await this.#host.openEpoch(hello.device);
    if (this.end.state !== 'greeting') {
      this.#host.handleLineEnded(undefined, hello.device, epoch);
      return;
    }
    // Others may have taken the room meanwhile.
    if (!fleet.hasRoomFor(hello.device)) {
      this.#host.handleLineEnded(undefined, hello.device, epoch);
      this.#refuseForRoom();
      return;
    }
    const opened = fleet.openLine(this.end, epoch, hello);
    if (opened === undefined) {
      this.end.close('LINE_REPLACED', 'a newer line of this device is open');
      return;
    }
    this.#device = opened.device;
    this.#epoch = epoch;
    this.#traffic = opened.device.traffic;
    this.#intake = this.#host.intakeOf(opened.device);
    opened.older?.close(
      'LINE_REPLACED',
      opened.device.cloned === undefined
        ? 'another agent with this device ID connected; give each robot its own ID'
        : 'several agents use this device ID at once; stop all but one, or rotate its key if it was copied',
    );
    const { name: server, software } = this.#host;
    this.end.welcome({ server, software, epoch, knownSchemas: opened.device.definitions.schemas });
    this.#host.handleLineOpened(opened.device, hello);
    fleet.announce(opened.device, 'online');
  }

  /** A further socket of a line that is open (clause 2.7): what comes on it is that line's. */
  #joinLine(hello: AgentHello): void {
    const device = this.#host.fleet.device(hello.device);
    if (device?.line?.isLineOf(hello) !== true) {
      this.end.close('LINE_UNKNOWN', 'the line of this socket is not open here; open a new one');
      return;
    }
    const { name, software } = this.#host;
    this.#traffic = device.traffic;
    this.#intake = this.#host.intakeOf(device);
    device.line.addSocket(this.end, hello.socket, { server: name, software, epoch: device.epoch });
  }

  #announceStatus(device: DeviceState): void {
    this.#cancelStatus = undefined;
    this.#statusDueMs = this.#host.clock.monotonicMs() + STATUS_EVERY_MS;
    this.#host.fleet.announce(device, 'status');
  }

  #refuseForRoom(): void {
    this.end.close('DEVICE_LIMIT', 'the server knows as many devices as it may; raise its maxDevices');
  }

  /** The device, while this is its newest line. */
  #current(): DeviceState | undefined {
    return this.#device?.epoch === this.#epoch ? this.#device : undefined;
  }
}

/** One topic is one channel: where the agent gave it a second number, only that one counts. */
function channelOf(device: DeviceState, { topic, id }: AdvertisedChannel): ChannelState | undefined {
  const channel = device.channels.get(topic);
  return channel?.localId === id ? channel : undefined;
}
