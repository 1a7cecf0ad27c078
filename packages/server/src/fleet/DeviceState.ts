import { KeyedValues } from '@longline/line';
import type {
  AgentHello,
  ClockEstimate,
  DemandedChannel,
  DeviceRecord,
  LineReport,
  OutgoingRequest,
  PathEstimate,
  Reply,
  RobotEnd,
  RobotStatus,
  RobotWelcome,
} from '@longline/line';
import type { LineErrorCode } from '@longline/line';
import type { Clock, Disposer } from '@longline/ros';
import { ByteBudget } from './ByteBudget.ts';
import { HeldDefinitions } from './HeldDefinitions.ts';
import { CloneHistory } from './CloneHistory.ts';
import type { ChannelOwner, ChannelState } from './ChannelState.ts';
import type { DeviceDemand } from './DeviceDemand.ts';
import { LineTraffic } from './LineTraffic.ts';
import type { RecordSlab } from './RecordSlab.ts';

/** What the fleet needs of a robot's open line. */
export interface RobotLine {
  /** Throws `LINE_CLOSED`, `LIMIT_EXCEEDED`. */
  request(request: OutgoingRequest, payload: Uint8Array, listener: (reply: Reply) => void): void;
  /** Begins to hear the refusals of a motion stream's frames. Throws `LINE_CLOSED`, `LIMIT_EXCEEDED`. */
  openStream(id: string, listener: (reply: Reply) => void): Disposer;
  /** Sends one frame of a motion stream. Throws `LINE_CLOSED`. */
  motion(frame: OutgoingRequest, payload: Uint8Array): void;
  clockEstimate(): ClockEstimate | undefined;
  readonly sockets: number;
  /** What is known of the path to the robot. */
  readonly path: PathEstimate;
  /** Whether a hello names a further socket of this line. */
  isLineOf(hello: AgentHello): boolean;
  /** Takes in a further socket of this line. */
  addSocket(socket: RobotEnd, index: number, welcome: RobotWelcome): void;
  /** Says which `watched` channels are looked at. */
  demand(channels: readonly DemandedChannel[]): void;
  close(code: LineErrorCode, message: string): void;
}

/** With how its line is doing, which a record of an older server may lack. */
export type WholeDeviceRecord = DeviceRecord & { readonly line: NonNullable<DeviceRecord['line']> };

/** Before a robot told its status. */
const statusUntold: RobotStatus = {
  ros: { state: 'disconnected', reason: 'the agent has not told yet' },
  simulatedTime: false,
  standing: [],
};

const topicOf = ({ topic }: ChannelState): string => topic;

/** All that the server holds of one device. */
export class DeviceState implements ChannelOwner {
  readonly id: string;
  readonly channels = new KeyedValues<string, ChannelState>(topicOf);
  readonly latestBytes: ByteBudget;
  readonly records: RecordSlab;
  readonly definitions = new HeldDefinitions();
  epoch = 0;
  /** Server wall time of the last change between online and offline, milliseconds since 1970. */
  sinceMs = 0;
  robot = '';
  software = '';
  boot = '';
  /** Highest lease token the robot has ever seen. */
  highestToken = 0;
  /** Highest lease token that this server has given for it, whether or not the robot heard of it. */
  givenToken = 0;
  /** Who may move it now (clause 9.3). */
  lease: DeviceRecord['lease'];
  /** A stop waits for it to come back, or for its answer. */
  stopWaits = false;
  status = statusUntold;
  /** What came on the present line, or on the last one. */
  traffic: LineTraffic | undefined;
  /** The agent's last report on the present line, or on the last one, and when it came by the server's monotonic clock. */
  report: LineReport | undefined;
  reportedMs = 0;
  /** How often the line was opened again since the server started. */
  reconnects = 0;
  /** Offset of its wall clock as readers were told last, and when, both in milliseconds. */
  toldOffsetMs = Number.NaN;
  toldClockAtMs = Number.NEGATIVE_INFINITY;
  /** From the first `watched` channel on. */
  demand: DeviceDemand | undefined;
  /** From the second run of its agent on. */
  #clones: CloneHistory | undefined;
  #line: RobotLine | undefined;
  #lastClock: ClockEstimate | undefined;
  #sequence = 0;

  /** `latestBytes` and `records` are those of the whole fleet. */
  constructor(id: string, maxLatestBytes: number, latestBytes: ByteBudget, records: RecordSlab) {
    this.id = id;
    this.latestBytes = new ByteBudget(maxLatestBytes, latestBytes);
    this.records = records;
  }

  /** For {@link ChannelState}. */
  handleWanted(channel: ChannelState): void {
    this.demand?.handleChannel(channel);
  }

  get line(): RobotLine | undefined {
    return this.#line;
  }

  get online(): boolean {
    return this.#line !== undefined;
  }

  /** What is known of the robot's clocks; after the line ended, what was known then. */
  get clock(): ClockEstimate | undefined {
    return this.#line?.clockEstimate() ?? this.#lastClock;
  }

  /** Several agents use its ID at once; undefined otherwise. */
  get cloned(): DeviceRecord['cloned'] {
    return this.#clones?.cloned;
  }

  /** Counts the requests sent on the present line. */
  nextSequence(): number {
    return this.#sequence++;
  }

  /** A newer line takes over; returns the older one, which is to be closed. */
  attach(line: RobotLine, epoch: number, hello: AgentHello, clock: Clock): RobotLine | undefined {
    const older = this.#line;
    if (older === undefined) this.sinceMs = wallMs(clock);
    if (this.traffic !== undefined) this.reconnects++;
    this.traffic = new LineTraffic(clock);
    this.report = undefined;
    this.#line = line;
    this.#sequence = 0;
    this.epoch = epoch;
    this.robot = hello.robot;
    this.software = hello.software;
    if (this.boot !== '' && this.boot !== hello.boot) {
      this.#clones ??= new CloneHistory(clock);
      this.#clones.handleTaken(hello.boot, this.boot);
    }
    this.boot = hello.boot;
    this.highestToken = Math.max(this.highestToken, hello.highestToken);
    this.status = statusUntold;
    this.toldOffsetMs = Number.NaN;
    this.toldClockAtMs = Number.NEGATIVE_INFINITY;
    return older;
  }

  /** The line of that epoch ended. The late word of an older line changes nothing and says false. */
  detach(epoch: number, clock: Clock): boolean {
    if (epoch !== this.epoch || this.#line === undefined) return false;
    this.#lastClock = this.#line.clockEstimate() ?? this.#lastClock;
    this.#line = undefined;
    this.sinceMs = wallMs(clock);
    return true;
  }

  /** How its line is doing, in short. */
  get lineSummary(): NonNullable<DeviceRecord['line']> {
    const line = this.#line;
    return {
      roundTripMs: line?.clockEstimate()?.roundTripMs ?? null,
      sockets: line?.sockets ?? 0,
      receivedBytesPerSecond: line === undefined ? 0 : Math.round(this.traffic?.bytesPerSecond ?? 0),
      reconnects: this.reconnects,
    };
  }

  /** As readers are told (clause 9.3). */
  record(): WholeDeviceRecord {
    const { clock, cloned } = this;
    return {
      device: this.id,
      online: this.online,
      epoch: this.epoch,
      sinceMs: this.sinceMs,
      robot: this.robot,
      software: this.software,
      status: this.status,
      ...(clock === undefined
        ? {}
        : {
            clock: {
              offsetMs: Number(clock.wallOffsetNs) / 1e6,
              errorMs: clock.errorMs,
              roundTripMs: clock.roundTripMs,
            },
          }),
      ...(this.lease === undefined ? {} : { lease: this.lease }),
      ...(this.stopWaits ? { stopWaits: true } : {}),
      ...(cloned === undefined ? {} : { cloned }),
      line: this.lineSummary,
    };
  }
}

const wallMs = (clock: Clock): number => Number(clock.wallNs() / 1_000_000n);
