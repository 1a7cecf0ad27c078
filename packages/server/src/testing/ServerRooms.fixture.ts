import { FakeClock } from '@longline/testing';
import { Commands } from '../commands/Commands.ts';
import { FleetState } from '../fleet/FleetState.ts';
import { defaultServerLimits } from '../limits.ts';
import type { ServerLimits } from '../limits.ts';
import { openMotionRooms } from '../motion/openMotionRooms.ts';
import type { MotionRooms } from '../motion/openMotionRooms.ts';
import { MemoryStopStore } from '../seams/MemoryStopStore.ts';
import type { StopStore } from '../seams/StopStore.ts';
import { StandingCommands } from '../standing/StandingCommands.ts';
import type { AuditEntry } from '../store/AuditEntry.ts';
import { FakeRobotLine, helloOf } from './FakeRobotLine.ts';

/** The rooms of a server behind its doors, in memory and with a clock of the test's. */
export class ServerRooms {
  readonly clock: FakeClock;
  readonly limits: ServerLimits;
  readonly fleet: FleetState;
  readonly commands: Commands;
  readonly standing: StandingCommands;
  readonly motion: MotionRooms;
  readonly audit: AuditEntry[] = [];
  readonly #epochs = new Map<string, number>();

  constructor(
    options: {
      readonly clock?: FakeClock;
      readonly limits?: Partial<ServerLimits>;
      readonly stopStore?: StopStore;
      readonly maxStanding?: number;
    } = {},
  ) {
    const { clock = new FakeClock(), limits, stopStore = new MemoryStopStore(), maxStanding = 10 } = options;
    this.clock = clock;
    this.limits = { ...defaultServerLimits, ...limits };
    this.fleet = new FleetState(clock, this.limits);
    this.commands = new Commands(this.fleet, clock, this.limits);
    this.standing = new StandingCommands(this.commands, clock, maxStanding);
    this.motion = openMotionRooms({
      fleet: this.fleet,
      commands: this.commands,
      standing: this.standing,
      clock,
      audit: { record: (entry) => void this.audit.push(entry) },
      stopStore,
      handleFault: (what, error) => {
        throw new Error(what, { cause: error });
      },
    });
    this.fleet.watchDevices(this.standing);
    this.fleet.watchDevices(this.commands);
  }

  get requests(): MotionRooms['requests'] {
    return this.motion.requests;
  }

  /** The device's line opens, in place of an older one. */
  connect(device = 'r1', highestToken = 0, line = new FakeRobotLine()): FakeRobotLine {
    const epoch = (this.#epochs.get(device) ?? 0) + 1;
    this.#epochs.set(device, epoch);
    const opened = this.fleet.openLine(line, epoch, helloOf(device, highestToken));
    if (opened !== undefined) this.fleet.announce(opened.device, 'online');
    return line;
  }

  /** The device's line ends. */
  disconnect(device = 'r1'): void {
    const state = this.fleet.device(device);
    if (state !== undefined) this.fleet.closeLine(state, this.#epochs.get(device) ?? 0);
  }
}
