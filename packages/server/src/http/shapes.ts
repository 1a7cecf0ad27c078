import { z } from 'zod';
import { waitedStates } from '../commands/Command.ts';
import { commandKinds } from '../commands/CommandInfo.ts';
import { offlineChoices } from '../commands/RobotRequest.ts';
import { auditWhats } from '../store/AuditEntry.ts';
import { commandStates } from '../store/CommandRecord.ts';

// Shapes of the API: what comes is read by them, and the OpenAPI document shows them. What leaves is written as exact
// JSON text, which no schema touches.

export const deviceParams = z.object({ id: z.string().min(1).describe('Device ID, as in the config of its agent') });
export const topicQuery = z.strictObject({
  topic: z.string().min(1).max(1024).describe('Absolute topic name, like /turtle1/pose'),
});
export const optionalTopicQuery = topicQuery.partial();
export const latestQuery = optionalTopicQuery
  .extend({
    fresh: z
      .enum(['true', 'false'])
      .default('false')
      .describe('true: fetched from the robot now, whether or not it sends the topic; needs `topic`'),
    deadlineMs: z.coerce
      .number()
      .min(1)
      .max(86_400_000)
      .optional()
      .describe('With `fresh`: how long a message is waited for; default 5000'),
  })
  .refine(({ fresh, topic }) => fresh === 'false' || topic !== undefined, {
    path: ['topic'],
    message: 'is needed with fresh=true: a snapshot is of one topic',
  });

export const errorShape = z
  .object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()) })
  .describe('What went wrong: a stable code, a sentence that says what to do, and what it is about');

/** The answers of a route: one that is meant, and errors. */
export const answers = <T extends z.ZodType>(success: T) => ({ 200: success, '4xx': errorShape, '5xx': errorShape });

const time = z.string().describe('ISO 8601');
const nanoseconds = z.string().describe('Nanoseconds since 1970, in decimal digits');

export const clonedShape = z
  .object({ since: time, boots: z.number().describe('Runs of the agent heard of late') })
  .describe('Several agents use this device ID at once; absent when that is not so');

export const deviceShape = z.object({
  id: z.string(),
  online: z.boolean(),
  epoch: z.number().describe('Grows with every line of this device'),
  since: time.describe('Server time of the last change between online and offline'),
  robot: z.string().describe('Where the agent finds ROS'),
  software: z.string(),
  boot: z.string().describe('Random ID of the present run of the agent'),
  status: z
    .record(z.string(), z.unknown())
    .describe('ROS connection, simulated time, standing commands, as the robot said'),
  clock: z
    .object({ offsetMs: z.number(), errorMs: z.number(), roundTripMs: z.number() })
    .optional()
    .describe("The robot's wall clock minus the server's"),
  lease: z
    .object({ token: z.number(), holder: z.string(), since: time })
    .optional()
    .describe('Who may move it now; absent when nobody holds the lease'),
  stopWaits: z.literal(true).optional().describe('A stop waits for it to come back, or for its answer'),
  cloned: clonedShape.optional(),
  line: z
    .object({
      roundTripMs: z.number().nullable(),
      sockets: z.number(),
      receivedBytesPerSecond: z.number(),
      reconnects: z.number().describe('Since the server started'),
    })
    .describe('How the line is doing; all of it at /devices/ID/line'),
  topics: z.number().describe('Topics known'),
});

export const topicShape = z.object({
  topic: z.string(),
  type: z.string(),
  encoding: z.string(),
  latched: z.boolean(),
  lane: z.string(),
  delivery: z.string(),
  demand: z.enum(['always', 'watched']).describe('watched: messages come only while somebody looks'),
  live: z.boolean().describe('The robot is online and has the topic'),
  messages: z.number().describe('Received since the server started'),
  dropped: z.number().describe('Dropped on the way to the server'),
});

export const latestShape = z.object({
  device: z.string(),
  topic: z.string(),
  type: z.string(),
  logTime: time.describe('When the robot received it, on the robot’s clock, with nanoseconds'),
  logTimeNs: nanoseconds,
  publishTime: time.describe('The ROS source time if known, else the log time'),
  publishTimeNs: nanoseconds,
  receiveTime: time.describe('When the server received it, on the server’s clock'),
  receiveTimeNs: nanoseconds,
  ageMs: z.number().describe('How long ago the robot received it, the difference of the clocks taken off'),
  sequence: z.number(),
  bytes: z.number().describe('Size of the serialized message'),
  message: z
    .unknown()
    .describe('The fields: int64 as digits, NaN and infinities as strings, uint8[] as base64, times as ROS has them'),
});

export const standingShape = z.object({
  device: z.string(),
  topic: z.string(),
  type: z.string().optional(),
  rateHz: z.number(),
  holdMs: z.number(),
  remainingMs: z.number().describe('Until the hold runs out, unless it is set again'),
  motion: z.boolean().describe('It moves the robot, and so ends with the line of the robot'),
  holder: z.string(),
  state: z.enum(['active', 'ending']),
});

export const commandShape = z.object({
  id: z.string(),
  device: z.string(),
  kind: z.enum(commandKinds),
  target: z.string().describe('The topic, service, parameter or pattern of outputs it is about'),
  issuer: z.string(),
  state: z.enum(commandStates),
  code: z.string().optional(),
  message: z.string().optional(),
  deadlineMs: z.number(),
  token: z.number().optional().describe('Of the lease it was made under'),
  order: z.number().describe('Its place among the commands of this server; a list goes on `before` it'),
  acceptedTime: time,
  sentTime: time.optional(),
  receivedTime: time.optional(),
  unknownTime: time
    .optional()
    .describe("When the server stopped expecting an answer; the robot's later word settles it"),
  finishedTime: time.optional(),
  receivedRobotTime: time.optional().describe('On the robot’s clock'),
  finishedRobotTime: time.optional().describe('On the robot’s clock'),
  result: z.unknown().describe('What the robot answered: {subscribers} of a publish, the response of a call'),
});

const before = z.coerce.number().int().min(1).optional().describe('Only those before this `order`: the next page');
const listLimit = z.coerce.number().int().min(1).max(1000);

export const commandListQuery = z.strictObject({
  state: z.enum(commandStates).optional(),
  kind: z.enum(commandKinds).optional(),
  issuer: z.string().max(256).optional(),
  before,
  limit: listLimit.default(1000),
});

const instant = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), 'is no time; write it as ISO 8601, like 2026-01-31T12:00:00Z')
  .optional();

export const auditQuery = z.strictObject({
  device: z.string().max(128).optional(),
  principal: z.string().max(256).optional(),
  what: z.enum(auditWhats).optional(),
  from: instant.describe('From this time of the server on, ISO 8601'),
  to: instant.describe('Before this time of the server, ISO 8601'),
  before,
  limit: listLimit.optional().describe('Default 100; as NDJSON, all'),
});

export const auditShape = z.object({
  order: z.number(),
  time: time.describe('Of the server'),
  what: z.enum(auditWhats),
  principal: z.string().describe('Who asked'),
  device: z.string().optional(),
  target: z.string().optional().describe('The topic, service, parameter or pattern of outputs it is about'),
  outcome: z.string().optional(),
  code: z.string().optional(),
  token: z.number().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});

export const outcomesShape = z.object({
  outcomes: z.array(
    z.object({ device: z.string(), state: z.string(), code: z.string().optional(), message: z.string().optional() }),
  ),
});

/** A value of any shape that has to be there. */
export const present = z.unknown().refine((value) => value !== undefined, 'is missing');

const deadlineMs = z
  .number()
  .min(1)
  .max(86_400_000)
  .optional()
  .describe('At this age it is no longer executed; default 5000');

export const standingBody = z.strictObject({
  type: z.string().optional().describe('Message type; needed only where the robot does not know the topic'),
  message: present.describe('The fields; those left out are zero, unknown ones are refused'),
  rateHz: z.number().min(0.01).max(1000).default(10),
  holdMs: z
    .number()
    .min(100)
    .max(86_400_000)
    .default(1000)
    .describe('The message is repeated for so long after it was last set; set it again to renew'),
  deadlineMs,
  token: z.int().min(0).optional().describe('Of the lease, for what moves the robot: it ends with the lease'),
});

const everyCommand = {
  id: z.string().min(1).max(128).optional().describe('Idempotency key: a repeated one gives the command that has it'),
  deadlineMs,
  waitFor: z
    .enum(waitedStates)
    .default('done')
    .describe('Answer when the server took it, when the robot has it, or when it ended'),
  whenOffline: z
    .enum(offlineChoices)
    .default('refuse')
    .describe('wait: kept until its deadline and sent when the device is back; not for what moves the robot'),
  token: z.int().min(0).optional().describe('Of the lease, for what moves the robot'),
  sequence: z.int().min(0).optional().describe('Counts up per token'),
};

export const commandBody = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('publish'),
    topic: z.string().min(1).max(1024),
    type: z.string().optional(),
    latched: z.boolean().optional(),
    message: present,
    ...everyCommand,
  }),
  z.strictObject({
    kind: z.literal('call'),
    service: z.string().min(1).max(1024),
    request: z.unknown().optional(),
    ...everyCommand,
  }),
  z.strictObject({
    kind: z.literal('setParameter'),
    name: z.string().min(1).max(1024),
    value: present,
    ...everyCommand,
  }),
  z.strictObject({
    kind: z.literal('deleteParameter'),
    name: z.string().min(1).max(1024),
    ...everyCommand,
  }),
]);
