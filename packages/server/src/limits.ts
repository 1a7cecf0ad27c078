import type { LineLimits } from '@longline/line';

/** Bounds of one server. What exceeds one is refused with a code, or costs the oldest, as each line says. */
export interface ServerLimits {
  /** Bounds of every line, of agents and readers alike. */
  readonly line: Partial<LineLimits>;
  /** Devices remembered, online or not; a further one is refused with `DEVICE_LIMIT`. */
  readonly maxDevices: number;
  /** Channels remembered of one device; beyond it the ones gone longest are forgotten. */
  readonly maxChannelsPerDevice: number;
  /** Bytes of the definitions remembered of one device; beyond it the channels gone longest are forgotten. */
  readonly maxDefinitionBytesPerDevice: number;
  /** Bytes of the last messages of one device; one that does not fit is passed on and not kept. */
  readonly maxLatestBytesPerDevice: number;
  /** Bytes of the last messages of all devices; one that does not fit is passed on and not kept. */
  readonly maxLatestBytes: number;
  /** Readers connected at once; a further one is refused with `READER_LIMIT`. */
  readonly maxReaders: number;
  /** WebSockets open at once, greeted or not; a further upgrade is refused with HTTP 503. */
  readonly maxSockets: number;
  /** Commands of one device that have not ended, else `COMMAND_LIMIT`; without a data directory also how many are remembered. */
  readonly maxCommandsPerDevice: number;
  /** Commands of all devices; as for one device. */
  readonly maxCommands: number;
  /** With a data directory commands are remembered for so many days, and so many; the oldest go first. */
  readonly commandDays: number;
  readonly maxStoredCommands: number;
  /** The audit goes back so many days, and has so many entries (10,000 without a data directory); the oldest go first. */
  readonly auditDays: number;
  readonly maxAuditEntries: number;
  /**
   * A command's result is remembered up to this size, in bytes; a larger one goes only to who waits for it. So is its payload
   * until it has ended: about a larger one the robot is not asked again.
   */
  readonly maxKeptResultBytes: number;
  /** Standing commands of one device; a further one is refused with `STANDING_LIMIT`. */
  readonly maxStandingPerDevice: number;
  /** Body of an HTTP request, in bytes; a larger one is refused with `BODY_TOO_LARGE`. */
  readonly maxBodyBytes: number;
}

export const defaultServerLimits: ServerLimits = {
  line: {},
  maxDevices: 100_000,
  maxChannelsPerDevice: 10_000,
  maxDefinitionBytesPerDevice: 64 * 1024 * 1024,
  maxLatestBytesPerDevice: 256 * 1024 * 1024,
  maxLatestBytes: 2 * 1024 * 1024 * 1024,
  maxReaders: 10_000,
  maxSockets: 120_000,
  maxCommandsPerDevice: 1_000,
  maxCommands: 100_000,
  commandDays: 30,
  maxStoredCommands: 1_000_000,
  auditDays: 90,
  maxAuditEntries: 1_000_000,
  maxKeptResultBytes: 16 * 1024,
  maxStandingPerDevice: 200,
  maxBodyBytes: 1024 * 1024,
};
