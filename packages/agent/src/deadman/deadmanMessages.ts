import { motionStatusSchema, stopPayloadSchema } from '@longline/line';
import type { Log } from '@longline/ros';
import { z } from 'zod';
import { motionSchema } from '../config/motionSchema.ts';
import type { MotionOrder, MotionReceipt } from './Deadman.ts';

/** How often either side speaks at the least, in milliseconds. */
export const BEAT_MS = 100;

/** What the deadman's process works with. */
const setupSchema = z.object({
  /** The robot's URL: the process opens its own way to ROS. */
  robot: z.string(),
  motion: motionSchema,
  /** Patterns of topics that may be published on from outside. */
  publishable: z.array(z.string()),
  /** The folder for what must survive restarts. */
  folder: z.string(),
  rosHost: z.string().optional(),
  /** The ROS 1 node of the agent, which may listen to what moves the robot. */
  agentNode: z.string().optional(),
});
export type DeadmanSetup = z.output<typeof setupSchema>;

const bytes = z.instanceof(Uint8Array).transform((data): Uint8Array => data);
const token = z.int().min(0);
/** As long as the status may have them. */
const name = z.string().min(1).max(1024);
const issuer = z.string().max(256);
const orderSchema: z.ZodType<MotionOrder> = z.object({
  kind: z.enum(['topic', 'service', 'parameter']),
  name,
  type: z.optional(name),
  data: bytes,
  token,
  sequence: z.int(),
  repeat: z.boolean(),
  bornMs: z.number(),
  deadlineMs: z.number(),
});
const outputs = z.optional(name);

const askSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('execute'), order: orderSchema }),
  z.object({ kind: z.literal('takeLease'), token, heldUntilMs: z.number() }),
  z.object({ kind: z.literal('renewLease'), token, heldUntilMs: z.number() }),
  z.object({ kind: z.literal('endLease'), token }),
  z.object({ kind: z.literal('stop'), by: issuer, outputs }),
  z.object({ kind: z.literal('releaseStop'), token, outputs }),
  z.object({ kind: z.literal('close') }),
]);
/** What is asked of the deadman's process, and answered. */
export type DeadmanAsk = z.output<typeof askSchema>;

/** From the agent. Instants are of the machine's monotonic clock. */
export const toDeadmanSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('start'), setup: setupSchema }),
  z.object({ kind: z.literal('beat') }),
  z.object({ kind: z.literal('lineClosed') }),
  z.object({ kind: z.literal('ask'), id: z.int(), ask: askSchema }),
]);
export type ToDeadman = z.output<typeof toDeadmanSchema>;

const receiptSchema: z.ZodType<MotionReceipt> = z.object({
  subscribers: z.optional(z.number()).transform((count): number | undefined => count),
  payload: bytes,
});
const levels = ['debug', 'info', 'warn', 'error'] as const satisfies readonly (keyof Log)[];

/** To the agent. */
export const fromDeadmanSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('beat') }),
  z.object({ kind: z.literal('status'), status: motionStatusSchema }),
  /** It ends: it could not begin. */
  z.object({ kind: z.literal('failed'), reason: z.string() }),
  z.object({ kind: z.literal('log'), level: z.enum(levels), details: z.looseObject({}), message: z.string() }),
  z.object({
    kind: z.literal('answer'),
    id: z.int(),
    receipt: z.optional(receiptSchema),
    stopped: z.optional(stopPayloadSchema),
  }),
  z.object({
    kind: z.literal('refusal'),
    id: z.int(),
    code: z.string(),
    message: z.string(),
    details: z.record(z.string(), z.unknown()),
  }),
]);
export type FromDeadman = z.output<typeof fromDeadmanSchema>;
/** An answer or a refusal, as it is sent. */
export type DeadmanReply = Extract<FromDeadman, { kind: 'answer' | 'refusal' }>;
