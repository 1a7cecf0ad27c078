import { RobotEnd } from '@longline/line';
import type {
  AdvertisedChannel,
  AgentHello,
  CoarseTimers,
  LineClose,
  LineEndpoint,
  LineLimits,
  LineReport,
  MessageRecord,
  RobotEndHandlers,
  RobotStatus,
  Transport,
} from '@longline/line';
import { nodeZstd } from '@longline/line/node';
import { Throttle } from '@longline/ros';
import type { Clock } from '@longline/ros';
import type { ChannelState } from '../fleet/ChannelState.ts';
import type { DeviceState } from '../fleet/DeviceState.ts';
import type { LineTraffic } from '../fleet/LineTraffic.ts';
import type { FleetState } from '../fleet/FleetState.ts';

/** What the sessions of agents share. */
export interface AgentSessionHost {
  readonly fleet: FleetState;
  readonly clock: Clock;
  readonly lineLimits: Partial<LineLimits>;
  readonly timers: CoarseTimers;
  readonly software: string;
  readonly name: string;
  /** Hands out the epoch of a new line. */
  openEpoch(device: string): Promise<number>;
  handleLineOpened(device: DeviceState, hello: AgentHello): void;
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

/** Every reader is told of a status, so no robot may change its own more often than this. */
const STATUS_RATE_HZ = 20;

/** One agent's connection: brings what its line says into the fleet. */
export class AgentSession implements LineEndpoint, RobotEndHandlers {
  readonly end: RobotEnd;
  readonly #host: AgentSessionHost;
  readonly #channels = new Map<number, ChannelState>();
  #device: DeviceState | undefined;
  #epoch = 0;
  /** Of the line that this connection belongs to, once it is let in. */
  #traffic: LineTraffic | undefined;
  #statusChanges: Throttle<DeviceState> | undefined;

  constructor(host: AgentSessionHost, transport: Transport) {
    this.#host = host;
    this.end = new RobotEnd({
      transport,
      clock: host.clock,
      handlers: this,
      limits: host.lineLimits,
      zstd: nodeZstd,
      timers: host.timers,
      shared: host.fleet.shared,
    });
  }

  handleFrame(frame: Uint8Array): void {
    this.#host.frame.receiveTime = this.#host.clock.wallNs();
    this.#host.counters.frames++;
    this.#host.counters.bytes += frame.length;
    this.#traffic?.handleFrame(frame.length);
    this.end.handleFrame(frame);
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

  handleHello(hello: AgentHello): void {
    if (hello.socket > 0) {
      this.#joinLine(hello);
      return;
    }
    this.#join(hello).catch((error: unknown) => {
      this.#host.handleFault(`device ${hello.device} could not join`, error);
      this.end.close('INTERNAL', 'the server could not let the device in; its log says why');
    });
  }

  handleAdvertise(channels: readonly AdvertisedChannel[]): void {
    const device = this.#current();
    if (device === undefined) return;
    for (const advertised of channels) {
      const before = device.channels.get(advertised.topic);
      // One topic is one channel: a second number for it takes the place of the first.
      if (before !== undefined && before.localId !== advertised.id && this.#channels.get(before.localId) === before)
        this.#channels.delete(before.localId);
      this.#channels.set(advertised.id, this.#host.fleet.advertise(device, advertised));
    }
  }

  handleUnadvertise(channels: readonly AdvertisedChannel[]): void {
    const device = this.#current();
    if (device === undefined) return;
    for (const { id } of channels) {
      const channel = this.#channels.get(id);
      if (channel === undefined) continue;
      this.#channels.delete(id);
      this.#host.fleet.unadvertise(device, channel);
    }
  }

  handleMessage({ id }: AdvertisedChannel, record: MessageRecord): void {
    if (this.#device?.epoch !== this.#epoch) return;
    this.#host.counters.messages++;
    if (this.#traffic !== undefined) this.#traffic.messages++;
    this.#channels.get(id)?.handleMessage(record, this.#host.frame.receiveTime);
  }

  handleDropped({ id }: AdvertisedChannel, count: number): void {
    if (this.#current() === undefined) return;
    this.#host.counters.agentDropped += count;
    this.#channels.get(id)?.handleDropped(count);
  }

  handleStatus(status: RobotStatus): void {
    const device = this.#current();
    if (device === undefined) return;
    device.status = status;
    this.#statusChanges ??= new Throttle({
      rateHz: STATUS_RATE_HZ,
      clock: this.#host.clock,
      deliver: (changed) => this.#host.fleet.announce(changed, 'status'),
    });
    this.#statusChanges.handle(device);
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
    this.#statusChanges?.close();
    if (this.#device !== undefined) {
      this.#host.fleet.closeLine(this.#device, this.#epoch);
      this.#host.handleLineEnded(close, this.#device.id, this.#epoch);
    }
    this.#host.handleClosed(this);
  }

  async #join(hello: AgentHello): Promise<void> {
    const { fleet } = this.#host;
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
    opened.older?.close('LINE_REPLACED', 'another agent with this device ID connected; give each robot its own ID');
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
    device.line.addSocket(this.end, hello.socket, { server: name, software, epoch: device.epoch });
  }

  #refuseForRoom(): void {
    this.end.close('DEVICE_LIMIT', 'the server knows as many devices as it may; raise its maxDevices');
  }

  /** The device, while this is its newest line. */
  #current(): DeviceState | undefined {
    return this.#device?.epoch === this.#epoch ? this.#device : undefined;
  }
}
