import { z } from 'zod';

/** Longest name of a topic, a service or an action taken from a client. */
const MAX_NAME_LENGTH = 256;
/** Longest ID that is echoed. */
const MAX_ID_LENGTH = 1_024;

const name = z.string().min(1).max(MAX_NAME_LENGTH);
/** Clients number or name what they send, and get the same back. */
const clientId = z.union([z.string().max(MAX_ID_LENGTH), z.number(), z.bigint()]);
const id = clientId.nullish().transform((value) => value ?? undefined);
const optionalName = name.nullish().transform((value) => (value === null || value === '' ? undefined : value));
const optionalType = z
  .string()
  .max(MAX_NAME_LENGTH)
  .nullish()
  .transform((value) => (value === null || value === '' ? undefined : value));
const count = z.union([z.number().nonnegative(), z.bigint().nonnegative().transform(Number)]);
const optionalCount = count.nullish().transform((value) => value ?? undefined);
const flag = z.union([z.boolean(), z.literal(0), z.literal(1)]).transform(Boolean);
const optionalFlag = flag.nullish().transform((value) => value ?? undefined);

/** A span of time as the `qos` object has it. */
const span = z.union([
  z.number().nonnegative(),
  z.literal('infinite'),
  z.object({ secs: z.number().nonnegative(), nsecs: z.number().nonnegative() }),
]);
/** PROTOCOLS 1.6: what a robot's ROS 2 can be asked for. */
const qos = z
  .object({
    history: z.enum(['keep_last', 'keep_all']).optional(),
    depth: z.number().int().nonnegative().optional(),
    reliability: z.enum(['reliable', 'best_effort', 'best_available']).optional(),
    durability: z.enum(['transient_local', 'volatile', 'best_available']).optional(),
    deadline: z.union([span, z.literal('best_available')]).optional(),
    lifespan: span.optional(),
  })
  .nullish()
  .transform((value) => value ?? undefined);

const compression = z
  .enum(['none', 'png', 'cbor', 'cbor-raw'])
  .nullish()
  .transform((value) => value ?? 'none');
const callBounds = { fragment_size: optionalCount, compression };

const schemas = {
  advertise: z.object({ op: z.literal('advertise'), id, topic: name, type: name, latch: optionalFlag, qos }),
  unadvertise: z.object({ op: z.literal('unadvertise'), id, topic: name }),
  publish: z.object({
    op: z.literal('publish'),
    id,
    topic: name,
    type: optionalType,
    latch: optionalFlag,
    qos,
    msg: z.unknown().optional(),
  }),
  subscribe: z.object({
    op: z.literal('subscribe'),
    id,
    topic: name,
    type: optionalType,
    throttle_rate: optionalCount,
    queue_length: optionalCount,
    fragment_size: optionalCount,
    compression,
    qos,
  }),
  unsubscribe: z.object({ op: z.literal('unsubscribe'), id, topic: name }),
  call_service: z.object({
    op: z.literal('call_service'),
    id,
    service: name,
    args: z.unknown().optional(),
    timeout: z.number().nullish(),
    ...callBounds,
  }),
  advertise_service: z.object({ op: z.literal('advertise_service'), id, service: name, type: name }),
  unadvertise_service: z.object({ op: z.literal('unadvertise_service'), id, service: name }),
  service_response: z.object({
    op: z.literal('service_response'),
    id,
    service: optionalName,
    values: z.unknown().optional(),
    result: flag.nullish().transform((value) => value ?? true),
  }),
  send_action_goal: z.object({
    op: z.literal('send_action_goal'),
    id,
    action: name,
    action_type: optionalType,
    args: z.unknown().optional(),
    feedback: optionalFlag,
    ...callBounds,
  }),
  cancel_action_goal: z.object({ op: z.literal('cancel_action_goal'), id, action: name }),
  advertise_action: z.object({ op: z.literal('advertise_action'), id, action: name, type: optionalType }),
  unadvertise_action: z.object({ op: z.literal('unadvertise_action'), id, action: name }),
  action_feedback: z.object({ op: z.literal('action_feedback'), id, action: name, values: z.unknown().optional() }),
  action_result: z.object({
    op: z.literal('action_result'),
    id,
    action: name,
    values: z.unknown().optional(),
    status: optionalCount,
    result: flag.nullish().transform((value) => value ?? true),
  }),
  fragment: z.object({
    op: z.literal('fragment'),
    id: clientId.transform(String),
    data: z.string(),
    num: z.number().int().nonnegative(),
    // Python's servers and clients make it a float.
    total: z.number().positive().transform(Math.floor),
  }),
  set_level: z.object({ op: z.literal('set_level'), id, level: z.enum(['info', 'warning', 'error', 'none']) }),
  status: z.object({ op: z.literal('status'), id, level: z.string().optional(), msg: z.unknown().optional() }),
  auth: z.object({ op: z.literal('auth'), id }),
};

export const clientOp = z.discriminatedUnion('op', [
  schemas.advertise,
  schemas.unadvertise,
  schemas.publish,
  schemas.subscribe,
  schemas.unsubscribe,
  schemas.call_service,
  schemas.advertise_service,
  schemas.unadvertise_service,
  schemas.service_response,
  schemas.send_action_goal,
  schemas.cancel_action_goal,
  schemas.advertise_action,
  schemas.unadvertise_action,
  schemas.action_feedback,
  schemas.action_result,
  schemas.fragment,
  schemas.set_level,
  schemas.status,
  schemas.auth,
]);

/** What a rosbridge client may send (PROTOCOLS 1.3), parsed. */
export type ClientOp = z.infer<typeof clientOp>;
export type ClientOpName = ClientOp['op'];
export type OpOf<Name extends ClientOpName> = Extract<ClientOp, { readonly op: Name }>;
/** As the client gave it, to be echoed. */
export type ClientId = string | number | bigint;
export type Compression = z.infer<typeof compression>;
export type Qos = z.infer<typeof qos>;

/** Every op that is taken. */
export const clientOpNames: ReadonlySet<string> = new Set(Object.keys(schemas));
