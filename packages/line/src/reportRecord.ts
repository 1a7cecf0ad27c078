import { z } from 'zod';
import type { Lane } from './channelRecords.ts';

const amount = z.number().min(0);
/** One amount for each lane, most urgent first. */
const perLane = z.tuple([amount, amount, amount, amount]);

/** Clause 6.2: how the line is doing, as only the agent knows; each record replaces the one before. */
export const reportSchema = z.object({
  /** Shortest round trip of late, and the last one, queues included, in milliseconds; absent before they were measured. */
  roundTripMs: z.optional(amount),
  lastRoundTripMs: z.optional(amount),
  /** Bytes a second that the path carries; what was offered, where that was less. Absent before it was measured. */
  bytesPerSecond: z.optional(amount),
  /** Bytes that may be under way, and that are. */
  windowBytes: amount,
  inFlightBytes: amount,
  /** Small urgent messages travel twice. */
  copies: z.boolean(),
  /** Bytes that wait for the line. */
  waitingBytes: perLane,
  /** Messages dropped since the agent started: replaced by a newer one, too old, or too many. */
  dropped: perLane,
  /** Lines that were open since the agent started, this one included. */
  lines: amount,
  /** Connections that it tried since then, further sockets of a line included. */
  dials: amount,
});
export type LineReport = z.infer<typeof reportSchema>;
export type PerLane = LineReport['dropped'];

/** What `read` gives for each lane, most urgent first. */
export const forEachLane = (read: (lane: Lane) => number): PerLane => [
  read('control'),
  read('state'),
  read('telemetry'),
  read('bulk'),
];
