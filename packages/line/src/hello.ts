import { z } from 'zod';
import { isDeviceId } from './deviceId.ts';

const token = z.string().min(1).max(128);
const feature = z.string().min(1).max(64);

export const deviceIdSchema = z.string().refine(isDeviceId, 'is not a device ID');

/** Clause 2.2: an agent introduces its robot. */
export const agentHelloSchema = z.object({
  role: z.literal('agent'),
  device: deviceIdSchema,
  /** Random ID of this run of the agent process. */
  boot: token,
  /** Random ID of this line; its sockets share it. */
  line: token,
  /** Which socket of the line this is, from 0. */
  socket: z.int().min(0).max(3),
  /** Highest lease token this robot has ever seen; the server issues only higher ones. */
  highestToken: z.int().min(0),
  software: z.string().max(128),
  /** Where the agent finds ROS, for people. */
  robot: z.string().max(512),
  features: z.array(feature).max(64),
});
export type AgentHello = z.infer<typeof agentHelloSchema>;

/** Clause 2.3: a reader (SDK, command line, dashboard) introduces itself. */
export const readerHelloSchema = z.object({
  role: z.literal('reader'),
  software: z.string().max(128),
  features: z.array(feature).max(64),
});
export type ReaderHello = z.infer<typeof readerHelloSchema>;

export const helloSchema = z.discriminatedUnion('role', [agentHelloSchema, readerHelloSchema]);
export type Hello = z.infer<typeof helloSchema>;

/** Most definitions that a welcome names; further ones are sent again. */
export const MAX_KNOWN_SCHEMAS = 1_000;

/** Clause 2.4: the server's answer. */
export const welcomeSchema = z.object({
  server: z.string().max(128),
  software: z.string().max(128),
  /** Grows with every line of this device; fences late words of older lines. 0 for readers. */
  epoch: z.int().min(0),
  maxFrameBytes: z.int().min(64 * 1024),
  /** Hashes of definitions that the server has of this device already (clause 3.1). */
  schemas: z.optional(z.array(z.string().max(64)).max(MAX_KNOWN_SCHEMAS)),
  /** Features of the hello that the server has too; nothing else may be used. */
  features: z.array(feature).max(64),
});
export type Welcome = z.infer<typeof welcomeSchema>;
