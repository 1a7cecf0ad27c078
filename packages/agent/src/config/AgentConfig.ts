import { hostname } from 'node:os';
import { isAbsolute } from 'node:path';
import { isDeviceId } from '@longline/line';
import { LonglineError } from '@longline/ros';
import { z } from 'zod';
import { parseRobotUrl } from '../openGraph.ts';
import { budgetSchema } from './budgetSchema.ts';
import { hostDeviceId } from './hostDeviceId.ts';
import { motionSchema } from './motionSchema.ts';
import { serversSchema } from './serversSchema.ts';
import { patternSchema, topicRuleSchema } from './topicRule.ts';

/** Most entries in each list of the config. */
export const MAX_CONFIG_ENTRIES = 1_000;

const patterns = z.array(patternSchema).max(MAX_CONFIG_ENTRIES).default([]);

const deviceSchema = z
  .union([z.string(), z.int().min(0).transform(String)], 'write text or a whole number')
  .refine(isDeviceId, 'write 1 to 128 of A-Z a-z 0-9 . _ - and start with a letter or digit');

const robotSchema = z.string().superRefine((text, context) => {
  try {
    parseRobotUrl(text);
  } catch (error) {
    if (!(error instanceof LonglineError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
});

const proxySchema = z
  .string()
  .refine((text) => ['http:', 'https:'].includes(URL.parse(text)?.protocol ?? ''), 'write http://HOST:PORT');

/** What an agent does: whose robot, where to, which topics up, what may come down. */
export const agentConfigSchema = z.strictObject({
  /** The device ID. Default: the host name, made valid. */
  device: deviceSchema.default(() => hostDeviceId(hostname())),
  /**
   * The server: `ws:`, `wss:`, `http:` or `https:`; without a path it is `/api/v1/line`. Or a list of up to 8, the preferred
   * first: the line is held to the first that lets the agent in. Default `ws://localhost:8080`.
   */
  server: serversSchema.default(['ws://localhost:8080/api/v1/line']),
  /** The robot: `turtlesim:`, `ros1://host:11311`, `rosbridge://host:9090`, `foxglove://host:8765`. Default `ros1://localhost:11311`. */
  robot: robotSchema.default('ros1://localhost:11311'),
  /** Which topics are sent, and how: the first rule that matches; none, not sent. Default: all, each as its type suggests. */
  topics: z
    .array(topicRuleSchema)
    .max(MAX_CONFIG_ENTRIES)
    .default([{ match: '/**', send: true }]),
  /** What may come from outside, as patterns of names. Default: nothing. */
  allow: z.strictObject({ publish: patterns, call: patterns, setParameters: patterns, provide: patterns }).prefault({}),
  /** What moves the robot. Default: topics of the types Twist, TwistStamped, Ackermann and JointTrajectory. */
  motion: motionSchema.prefault({}),
  /** An absolute path: the folder for what must survive restarts. Default: `stateFolder`. */
  stateDir: z.string().min(1).max(1_024).refine(isAbsolute, 'write an absolute path').optional(),
  /** What waits for the line. */
  outbox: z
    .strictObject({
      /** Bytes of all waiting messages, 1 MiB to 4 GiB. Default 64 MiB. */
      maxBytes: z
        .int()
        .min(1024 * 1024)
        .max(4 * 1024 * 1024 * 1024)
        .default(64 * 1024 * 1024),
      /** Messages that a `queue` topic keeps while the line cannot take them, 1 to 100,000. Default 100. */
      queueDepth: z.int().min(1).max(100_000).default(100),
    })
    .prefault({}),
  /** How many bytes may be sent in 24 hours. Default: as many as there are. */
  budget: budgetSchema.optional(),
  /** The line to the server. */
  line: z
    .strictObject({
      /** With nothing heard for so long the line is given up and dialled anew, in milliseconds, 500 to 60,000. Default 3,000. */
      silenceMs: z.int().min(500).max(60_000).default(3_000),
    })
    .prefault({}),
  /** File with certificate authorities in PEM, for a server whose certificate is of an own one. Default: the system's. */
  ca: z.string().min(1).max(1_024).optional(),
  /** An HTTP proxy to the server. Default: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` of the environment. */
  proxy: proxySchema.optional(),
});

/** A config with every default filled in. */
export type AgentConfig = z.output<typeof agentConfigSchema>;
/** A config as people write it: everything may be left out. */
export type AgentConfigInput = z.input<typeof agentConfigSchema>;
