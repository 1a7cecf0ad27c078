import { parseJsonExact } from '@longline/ros';
import { z } from 'zod';
import { DoorError } from '../door/DoorError.ts';

/** Entries of one list in one frame. */
export const MAX_LISTED = 10_000;

const uint32 = z.number().int().min(0).max(0xffff_ffff);
const name = z.string().max(1_024);
const names = z.array(name).max(MAX_LISTED);
const requestId = z.string().max(1_024).optional();
const ids = z.array(uint32).max(MAX_LISTED);

const parameter = z.object({
  name,
  value: z.unknown().optional(),
  type: z.enum(['byte_array', 'float64', 'float64_array']).nullish(),
});

const clientChannel = z.object({
  id: uint32,
  topic: name,
  encoding: z.string().max(64),
  schemaName: z.string().max(1_024),
  schema: z.string().nullish(),
  schemaEncoding: z.string().max(64).nullish(),
});

const clientOp = z.discriminatedUnion('op', [
  z.object({
    op: z.literal('subscribe'),
    subscriptions: z.array(z.object({ id: uint32, channelId: uint32 })).max(MAX_LISTED),
  }),
  z.object({ op: z.literal('unsubscribe'), subscriptionIds: ids }),
  z.object({ op: z.literal('advertise'), channels: z.array(clientChannel).max(MAX_LISTED) }),
  z.object({ op: z.literal('unadvertise'), channelIds: ids }),
  z.object({ op: z.literal('getParameters'), parameterNames: names, id: requestId }),
  z.object({ op: z.literal('setParameters'), parameters: z.array(parameter).max(MAX_LISTED), id: requestId }),
  z.object({ op: z.literal('subscribeParameterUpdates'), parameterNames: names }),
  z.object({ op: z.literal('unsubscribeParameterUpdates'), parameterNames: names }),
  z.object({ op: z.literal('subscribeConnectionGraph') }),
  z.object({ op: z.literal('unsubscribeConnectionGraph') }),
  z.object({ op: z.literal('fetchAsset'), uri: z.string(), requestId: uint32 }),
]);

/** What a Foxglove client says as JSON (clause 2.3). */
export type ClientOp = z.infer<typeof clientOp>;
/** A channel that a client publishes on. */
export type ClientChannel = z.infer<typeof clientChannel>;
/** A parameter that a client sets. */
export type ClientParameter = z.infer<typeof parameter>;

const anyOp = z.object({ op: z.string() });
const knownOps = new Set<string>(clientOp.options.map(({ shape }) => shape.op.value));

/** Reads one text frame. Throws `MESSAGE_INVALID` for what is no JSON, `FRAME_UNEXPECTED` for an unknown op, and `FRAME_MALFORMED`. */
export function parseClientOp(text: string): ClientOp {
  const json = parseJsonExact(text);
  const read = readOp(json);
  if (read?.success === true) return read.data;
  const other = anyOp.safeParse(json);
  if (other.success && !knownOps.has(other.data.op)) {
    const op = JSON.stringify(other.data.op.slice(0, 64));
    throw new DoorError('FRAME_UNEXPECTED', `The op ${op} is none of the Foxglove WebSocket protocol’s for clients.`);
  }
  const issue = read?.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? 'the frame' : issue.path.join('.').slice(0, 100);
  throw new DoorError(
    'FRAME_MALFORMED',
    `A text frame is not of the Foxglove WebSocket protocol: ${where}: ${(issue?.message ?? 'not understood').slice(0, 300)}.`,
  );
}

/** zod looks at the length of what should be a text or a list, whatever it is; one that is an object without a value throws. */
function readOp(json: unknown): z.ZodSafeParseResult<ClientOp> | undefined {
  try {
    return clientOp.safeParse(json);
  } catch {
    return undefined;
  }
}
