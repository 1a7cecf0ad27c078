import { z } from 'zod';

/** Longest topic or service name taken from a server. */
const MAX_NAME_LENGTH = 1_024;
const name = z.string().min(1).max(MAX_NAME_LENGTH);
const id = z.union([z.string(), z.number(), z.bigint()]).transform(String);

const publish = z.object({ op: z.literal('publish'), topic: name, msg: z.unknown().optional() });
const serviceResponse = z.object({
  op: z.literal('service_response'),
  id: id.optional(),
  values: z.unknown().optional(),
  // Older servers leave it out where the call succeeded.
  result: z.boolean().default(true),
});
/** A call of a service that this client provides. */
const callService = z.object({ op: z.literal('call_service'), id, service: name, args: z.unknown().optional() });
const status = z.object({ op: z.literal('status'), level: z.string().default('error'), msg: z.unknown().optional() });
/** `total` is a float in Python 3 servers: `(length - 1) / size + 1`, of which the whole part counts. */
const fragment = z.object({
  op: z.literal('fragment'),
  id,
  data: z.string(),
  num: z.number().int().nonnegative(),
  total: z.number().positive().transform(Math.floor),
});
const png = z.object({ op: z.literal('png'), data: z.string() });

/** What a server sends to a client that advertises no actions. */
export const serverOp = z.discriminatedUnion('op', [publish, serviceResponse, callService, status, fragment, png]);
export type ServerOp = z.infer<typeof serverOp>;
export type PublishOp = z.infer<typeof publish>;
export type ServiceResponseOp = z.infer<typeof serviceResponse>;
export type CallServiceOp = z.infer<typeof callService>;
export type FragmentOp = z.infer<typeof fragment>;

/** The `msg` of a `publish` that answers a subscription with compression `cbor-raw`. */
export const rawMsg = z.object({ bytes: z.instanceof(Uint8Array) });
