import { z } from 'zod';
import { deviceIdSchema } from './hello.ts';
import { robotStatusSchema } from './requestRecords.ts';

const id = z.int().min(0).max(0xffff_ffff);

/** Clause 9.2: what a reader wants to see. */
export const subscribeSchema = z.discriminatedUnion('kind', [
  /** Every device the reader may see: device records now, a mark, then changes. */
  z.object({ id, kind: z.literal('devices') }),
  /** Channels of devices: advertised, the last message of each, a mark, then every message. */
  z.object({
    id,
    kind: z.literal('topics'),
    /** A device ID, or a pattern with `*`. */
    device: z.string().min(1).max(256),
    /** A topic pattern. */
    topic: z.string().min(1).max(1024),
    /** At most so many messages a second of each channel, the newest kept. */
    rateHz: z.optional(z.number().min(0.001).max(10_000)),
    /** Send only channels and last values, then the mark, and end. */
    once: z.optional(z.boolean()),
    /** Advertise channels only, send no messages. */
    channelsOnly: z.optional(z.boolean()),
  }),
  /** How the line of one device is doing: a line record now, a mark, then one every second. */
  z.object({
    id,
    kind: z.literal('line'),
    device: deviceIdSchema,
    /** Send one line record, then the mark, and end. */
    once: z.optional(z.boolean()),
  }),
]);
export type SubscribeRecord = z.infer<typeof subscribeSchema>;

export const unsubscribeSchema = z.object({ id });
/** Clause 9.4: all initial values of a subscription have been sent. */
export const markSchema = z.object({ id });

/** Clause 9.3: one device as it is now. */
export const deviceRecordSchema = z.object({
  device: deviceIdSchema,
  online: z.boolean(),
  /** The line epoch this was said in; a record of an older epoch changes nothing. */
  epoch: z.int().min(0),
  /** Server wall time of the last change between online and offline, milliseconds since 1970. */
  sinceMs: z.number(),
  robot: z.string().max(512),
  software: z.string().max(128),
  status: robotStatusSchema,
  /** The robot's wall clock minus the server's, in milliseconds, and its error; absent before it was measured. */
  clock: z.optional(z.object({ offsetMs: z.number(), errorMs: z.number(), roundTripMs: z.number() })),
  /** Who may move it now; absent when nobody holds the lease. */
  lease: z.optional(
    z.object({
      token: z.int().min(1),
      holder: z.string().max(256),
      /** Server wall time, milliseconds since 1970. */
      sinceMs: z.number(),
    }),
  ),
  /** A stop waits for the device to come back. */
  stopWaits: z.optional(z.boolean()),
  /** Several agents use this device ID at once: since when (server wall time, milliseconds since 1970), and how many runs of late. */
  cloned: z.optional(z.object({ sinceMs: z.number(), boots: z.int().min(2) })),
  /** How its line is doing, in short, as of this record. */
  line: z.optional(
    z.object({
      /** The last round trip between server and agent, in milliseconds; null before it was measured, and offline. */
      roundTripMs: z.nullable(z.number()),
      /** Open sockets; 0 offline. */
      sockets: z.int().min(0),
      /** Received from the robot, over the last 2 to 4 seconds. */
      receivedBytesPerSecond: z.number(),
      /** How often the line was opened again since the server started. */
      reconnects: z.int().min(0),
    }),
  ),
});
/** What the server says of one device: its presence, its status, its clock, its lease. `epoch` grows with each of its lines. */
export interface DeviceRecord extends z.infer<typeof deviceRecordSchema> {}
