import { z } from 'zod';
import { encodingSchema } from './channelRecords.ts';
import { deviceIdSchema } from './hello.ts';

const name = z.string().min(1).max(1024);
const milliseconds = z.number().min(0).max(86_400_000);

/** A lease lasts for so long after its holder's last word, in milliseconds. */
const leaseHold = z.number().min(200).max(60_000);

/** Clause 5.2: what a request asks for. The payload carries message, request or value. */
export const actionSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('publish'),
    topic: name,
    type: z.optional(name),
    encoding: encodingSchema,
    latched: z.optional(z.boolean()),
  }),
  z.object({ kind: z.literal('call'), service: name, encoding: encodingSchema }),
  z.object({ kind: z.literal('parameter.list') }),
  z.object({ kind: z.literal('parameter.get'), name }),
  /** Payload: the value as JSON text. */
  z.object({ kind: z.literal('parameter.set'), name }),
  z.object({ kind: z.literal('parameter.delete'), name }),
  /** `known`: the version that the asker has, of an earlier answer. */
  z.object({ kind: z.literal('graph'), known: z.optional(z.string().max(64)) }),
  /** The newest message of a topic, whether or not it is being sent. */
  z.object({ kind: z.literal('snapshot'), topic: name }),
  z.object({ kind: z.literal('schema.message'), type: name }),
  z.object({ kind: z.literal('schema.service'), service: name }),
  z.object({
    kind: z.literal('standing.set'),
    topic: name,
    type: z.optional(name),
    encoding: encodingSchema,
    rateHz: z.number().min(0.01).max(1000),
    /** The message is repeated until this long after the holder's last word. */
    holdMs: milliseconds.min(100),
    /** The server says again what its holder said before the line ended; a robot refuses that on motion topics. */
    resumed: z.optional(z.boolean()),
  }),
  z.object({ kind: z.literal('standing.end'), topic: name }),
  /** One frame of a motion stream under a lease: only its refusal is answered. Payload: the message. */
  z.object({ kind: z.literal('motion'), topic: name, type: z.optional(name), encoding: encodingSchema }),
  /** Takes the lease, without which nothing moves the robot; the server gives it its token. */
  z.object({ kind: z.literal('lease.take'), holdMs: leaseHold, takeOver: z.optional(z.boolean()) }),
  z.object({ kind: z.literal('lease.renew'), holdMs: leaseHold }),
  z.object({ kind: z.literal('lease.release') }),
  /** Stops outputs, all by default, and keeps them stopped until they are released. */
  z.object({ kind: z.literal('stop'), outputs: z.optional(name) }),
  z.object({ kind: z.literal('stop.release'), outputs: z.optional(name) }),
  /**
   * Holds a publisher open, so that ROS knows the topic before the first message and after the last; each `holder` once (clause 5.14).
   */
  z.object({
    kind: z.literal('topic.advertise'),
    topic: name,
    type: z.optional(name),
    latched: z.optional(z.boolean()),
    holder: z.string().min(1).max(128),
  }),
  z.object({ kind: z.literal('topic.unadvertise'), topic: name, holder: z.string().min(1).max(128) }),
  /** Provides a service on the robot (clause 5.13): calls of it come as replies `called` to this request's ID. */
  z.object({
    kind: z.literal('service.advertise'),
    service: name,
    type: name,
    /** Says that it is the same provider as before, on another connection. */
    provider: z.optional(z.string().min(1).max(128)),
  }),
  z.object({ kind: z.literal('service.unadvertise'), service: name }),
  /** Answers one call. Payload: the response, or the error's text where `result` is false. */
  z.object({ kind: z.literal('service.respond'), service: name, call: z.int().min(0), result: z.boolean() }),
]);
export type Action = z.infer<typeof actionSchema>;
export type ActionKind = Action['kind'];

/** The kinds that change something on the robot: commands. The others only ask. */
export const isCommand = (action: Action): boolean =>
  action.kind === 'publish' ||
  action.kind === 'call' ||
  action.kind === 'parameter.set' ||
  action.kind === 'parameter.delete' ||
  action.kind === 'stop' ||
  action.kind === 'stop.release' ||
  action.kind.startsWith('standing.');

/** Those that only ever make a robot stand still: they are never too late, and find room always (clause 5.6). */
export const isStop = (action: Action): boolean => action.kind === 'stop' || action.kind === 'standing.end';

/** Room that bounds of open requests keep for stops: no flood of others may keep a robot moving (clause 5.6). */
export const stopRoom = (action: Action): number => (isStop(action) ? 100 : 0);

/** Clause 5.1: the envelope of everything that is asked of a robot. */
export const requestHeaderSchema = z.object({
  /** Unique; a repeated ID is executed once. */
  id: z.string().min(1).max(128),
  /** Whom it is for; present where a reader speaks to the server. */
  device: z.optional(deviceIdSchema),
  /** Who asks, for people and logs. */
  issuer: z.string().max(256),
  /** How old the request was when this frame was sent, in milliseconds. */
  ageMs: milliseconds,
  /** At this age it must no longer be executed, in milliseconds. */
  deadlineMs: milliseconds,
  /** The sender's monotonic clock when this frame was sent, in milliseconds (clause 7.2). */
  sentMs: z.number(),
  /** Fencing token of the lease it is made under; 0 without a lease. */
  token: z.int().min(0),
  /** Counts up per token. */
  sequence: z.int().min(0),
  action: actionSchema,
});
export type RequestHeader = z.infer<typeof requestHeaderSchema>;

/** `unknown` is the server's word to a reader: the robot was asked and nobody will ever hear what it did. */
export const requestStates = [
  'received',
  'called',
  'done',
  'failed',
  'rejected',
  'expired',
  'cancelled',
  'unknown',
] as const;

/** Clause 5.4: what the robot (or the server before it) says to a request. All but `received` and `called` are final. */
export const replyHeaderSchema = z.object({
  id: z.string().min(1).max(128),
  state: z.enum(requestStates),
  /** A stable code and a sentence, with `failed`, `rejected`, `expired` and `cancelled`. */
  code: z.optional(z.string().max(64)),
  message: z.optional(z.string().max(8192)),
  /** Encoding of the payload. */
  encoding: z.optional(encodingSchema),
  /** With `called`: the number of the call, and for how long the caller waits, in milliseconds (clause 5.13). */
  call: z.optional(z.int().min(0)),
  deadlineMs: z.optional(milliseconds),
  /** When it was so, on the robot's wall clock, milliseconds since 1970; absent where the server says it. */
  robotMs: z.optional(z.number()),
});
export type ReplyHeader = z.infer<typeof replyHeaderSchema>;
export type ReplyState = ReplyHeader['state'];

/** Whether a word is a request's last one. `done` is not for a provided service: its calls follow (clause 5.13). */
export const isFinalState = (state: ReplyState, kind?: ActionKind): boolean =>
  state !== 'received' && state !== 'called' && (state !== 'done' || kind !== 'service.advertise');

/** Clause 5.12: an output that moves the robot, as the robot's guard has it. */
export const motionOutputSchema = z.object({
  kind: z.enum(['topic', 'service', 'parameter']),
  name,
  /** `undelivered`: a stop that ROS did not take. */
  state: z.enum(['still', 'moving', 'stopping', 'undelivered']),
  /** Without a fresh frame for so long it is stopped, in milliseconds. */
  timeoutMs: z.number(),
  /** Others that publish on the same topic: a stop here does not stop them. */
  others: z.array(name).max(16),
  /** Frames refused since the robot's guard began, and why the last one was. */
  refused: z.int().min(0),
  lastRefusal: z.optional(z.string().max(64)),
});

/** Clause 5.12: motion on a robot. */
export const motionStatusSchema = z.object({
  /** The process that stops the robot when nobody else does. */
  deadman: z.object({ state: z.enum(['ready', 'absent']), reason: z.optional(z.string().max(2048)) }),
  /** The robot's configuration lets doors take the lease by moving (clause 5.12). */
  implicitLease: z.optional(z.boolean()),
  /** The highest lease token seen, and whether its lease holds. */
  token: z.int().min(0),
  leased: z.boolean(),
  /** Stops that stand until they are released: which outputs (a pattern), by whom, robot's wall time in milliseconds since 1970. */
  latches: z.array(z.object({ outputs: name, by: z.string().max(256), sinceMs: z.number() })).max(100),
  /** Those used or named in the configuration. */
  outputs: z.array(motionOutputSchema).max(200),
});
/** Clause 5.12: motion on a robot, what was refused and what is stopped. */
export interface MotionStatus extends z.infer<typeof motionStatusSchema> {}

/** Clause 6: all that is true of a robot now besides its channels; each record replaces the one before. */
export const robotStatusSchema = z.object({
  ros: z.object({
    state: z.enum(['connected', 'disconnected']),
    code: z.optional(z.string()),
    reason: z.optional(z.string().max(2048)),
  }),
  /** ROS runs on simulated time (`/use_sim_time`): publish times are not of the wall clock. */
  simulatedTime: z.boolean(),
  /** Standing commands being repeated, and those that ended since the line began. */
  standing: z
    .array(z.object({ topic: name, state: z.enum(['active', 'ended']), reason: z.optional(z.string().max(256)) }))
    .max(1000),
  /** What is used of its data budget, as of now; absent without one. */
  budget: z.optional(
    z.object({
      bytesPerDay: z.number(),
      usedBytes: z.number(),
      level: z.enum(['free', 'thinned', 'sparse', 'spent']),
    }),
  ),
  /** What moves the robot; absent where nothing may. */
  motion: z.optional(motionStatusSchema),
});
export type RobotStatus = z.infer<typeof robotStatusSchema>;
