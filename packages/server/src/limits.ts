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
  /** Readers and streams of one token at once; a further reader is refused with `TOO_MANY_REQUESTS`. */
  readonly maxReadersPerToken: number;
  /** WebSockets open at once, greeted or not; a further upgrade is refused with HTTP 503. */
  readonly maxSockets: number;
  /**
   * Connections of one address (IPv6: of one /64 network) at once; further ones are closed unanswered. What comes through a
   * trusted proxy counts for the client.
   */
  readonly maxConnectionsPerAddress: number;
  /** Connections that have not sent a whole request or hello; for a further one that which waits longest is closed. */
  readonly maxUngreeted: number;
  /** The same of one address. */
  readonly maxUngreetedPerAddress: number;
  /** What a WebSocket may send before its hello is complete, in bytes. */
  readonly maxUngreetedBytes: number;
  /** HTTP requests a second of one token, or of one address without one, and twice as many at once; more are refused with `TOO_MANY_REQUESTS`. */
  readonly requestsPerSecond: number;
  /** What all readers of one token may send; one that sends more is read more slowly. */
  readonly readerRecordsPerSecond: number;
  readonly readerBytesPerSecond: number;
  /** What one device may send; one that sends more is read more slowly. */
  readonly deviceMessagesPerSecond: number;
  readonly deviceBytesPerSecond: number;
  /** Lines that one device may open a second, and four times as many at once; more are closed with `LIMIT_EXCEEDED`. */
  readonly deviceLinesPerSecond: number;
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
  maxReadersPerToken: 200,
  maxSockets: 120_000,
  maxConnectionsPerAddress: 10_000,
  maxUngreeted: 10_000,
  maxUngreetedPerAddress: 2_000,
  maxUngreetedBytes: 64 * 1024,
  requestsPerSecond: 1_000,
  readerRecordsPerSecond: 20_000,
  readerBytesPerSecond: 64 * 1024 * 1024,
  deviceMessagesPerSecond: 200_000,
  deviceBytesPerSecond: 256 * 1024 * 1024,
  deviceLinesPerSecond: 5,
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
