import { z } from 'zod';
import { deviceIdSchema } from './hello.ts';

const u32 = z.int().min(0).max(0xffff_ffff);
const topic = z.string().min(1).max(1024);
const typeName = z.string().max(512);

export const encodingSchema = z.enum(['ros1', 'cdr', 'json']);
export const laneSchema = z.enum(['control', 'state', 'telemetry', 'bulk']);
/** Priority class on the line, most urgent first. */
export type Lane = z.infer<typeof laneSchema>;
export const lanes: readonly Lane[] = laneSchema.options;

/** What happens to a channel's messages when the line cannot keep up or is down. */
export const deliverySchema = z.enum(['latest', 'queue', 'stored']);
export type Delivery = z.infer<typeof deliverySchema>;

/** Clause 3.1: a definition, sent once per line and named by its hash from then on. */
export const schemaRecordSchema = z.object({
  hash: z.string().regex(/^[0-9a-f]{32}$/),
  name: typeName,
  encoding: z.enum(['ros1msg', 'ros2msg', '']),
  text: z.string().max(1024 * 1024),
});
export type SchemaRecord = z.infer<typeof schemaRecordSchema>;

/** Clause 3.2: one channel. `device` is present where the server speaks to a reader. */
export const channelRecordSchema = z.object({
  id: u32,
  device: z.optional(deviceIdSchema),
  topic,
  /** Hash of a definition already sent on this line. */
  schema: z.string().regex(/^[0-9a-f]{32}$/),
  encoding: encodingSchema,
  latched: z.boolean(),
  lane: laneSchema,
  delivery: deliverySchema,
  /** Messages come only while the other end says that somebody looks (clause 3.5): silence is no fault. */
  demand: z.optional(z.literal('watched')),
});
export type ChannelRecord = z.infer<typeof channelRecordSchema>;

export const advertiseSchema = z.object({ channels: z.array(channelRecordSchema).min(1).max(10_000) });
export const unadvertiseSchema = z.object({ channels: z.array(u32).min(1).max(10_000) });

/** Clause 4.3: further messages of a channel were dropped before they reached this line's other end. */
export const droppedSchema = z.object({ channel: u32, count: z.int().min(1) });
export type DroppedRecord = z.infer<typeof droppedSchema>;
