import { z } from 'zod';

const directionSchema = z.object({
  offeredPackets: z.number(),
  offeredBytes: z.number(),
  forwardedPackets: z.number(),
  forwardedBytes: z.number(),
  /** Lost at random. */
  lostPackets: z.number(),
  /** Did not fit into the queue. */
  overflowPackets: z.number(),
  /** Dropped because the link was down. */
  downPackets: z.number(),
  queuedBytes: z.number(),
});

/** What one direction of a link did since its start; bytes are those of IP packets. */
export type DirectionCounters = z.output<typeof directionSchema>;

const countersSchema = z.object({ up: directionSchema, down: directionSchema });

/** What a link did since its start. `up` is from the robot to the server. */
export type LinkCounters = z.output<typeof countersSchema>;

/** Reads the emulator's answer to `stat`. */
export function parseLinkCounters(line: string): LinkCounters {
  return countersSchema.parse(JSON.parse(line));
}
