import { z } from 'zod';

/** Longest topic, type, service or node name taken from a server, in characters. */
const MAX_NAME_LENGTH = 1_024;
/** Longest definition taken from a server, in characters. */
const MAX_SCHEMA_LENGTH = 4 * 1024 * 1024;

const name = z.string().max(MAX_NAME_LENGTH);
const id = z.int().min(0).max(0xff_ff_ff_ff);
const schemaText = z.string().max(MAX_SCHEMA_LENGTH);
/** Optional fields may also come as null. */
const optional = <T extends z.ZodType>(type: T) => type.nullish().transform((value) => value ?? undefined);
/** What is listed is looked at one by one, so that a bad one does not hide the others. */
const items = z.array(z.unknown());
const ids = z.array(id);

const serverInfo = z.object({
  op: z.literal('serverInfo'),
  name: z.string().catch(''),
  capabilities: z.array(z.string()).catch([]),
  supportedEncodings: optional(z.array(z.string())),
  metadata: z.record(z.string(), z.unknown()).catch({}),
  sessionId: optional(z.string()),
});
const status = z.object({ op: z.literal('status'), level: z.number().catch(2), message: z.string().catch('') });
const removeStatus = z.object({ op: z.literal('removeStatus') });
const advertise = z.object({ op: z.literal('advertise'), channels: items });
const unadvertise = z.object({ op: z.literal('unadvertise'), channelIds: ids });
const advertiseServices = z.object({ op: z.literal('advertiseServices'), services: items });
const unadvertiseServices = z.object({ op: z.literal('unadvertiseServices'), serviceIds: ids });
const serviceCallFailure = z.object({
  op: z.literal('serviceCallFailure'),
  serviceId: id,
  callId: id,
  message: z.string().catch(''),
});
const parameterValues = z.object({ op: z.literal('parameterValues'), parameters: items, id: optional(z.string()) });

const names = z.array(name);
const nodes = <K extends string>(key: K) =>
  z.array(z.object({ name, [key]: names } as Record<'name', typeof name> & Record<K, typeof names>)).default([]);
const connectionGraphUpdate = z.object({
  op: z.literal('connectionGraphUpdate'),
  publishedTopics: nodes('publisherIds'),
  subscribedTopics: nodes('subscriberIds'),
  advertisedServices: nodes('providerIds'),
  removedTopics: names.default([]),
  removedServices: names.default([]),
});

/** What a server says in JSON. */
export const foxgloveOp = z.discriminatedUnion('op', [
  serverInfo,
  status,
  removeStatus,
  advertise,
  unadvertise,
  advertiseServices,
  unadvertiseServices,
  serviceCallFailure,
  parameterValues,
  connectionGraphUpdate,
]);
export type FoxgloveOp = z.infer<typeof foxgloveOp>;
export type ServerInfo = z.infer<typeof serverInfo>;
export type GraphUpdate = z.infer<typeof connectionGraphUpdate>;

/** A channel as the server advertises it. */
export const advertisedChannel = z.object({
  id,
  topic: name.min(1),
  encoding: z.string(),
  schemaName: name,
  schema: schemaText.catch(''),
  schemaEncoding: optional(z.string()),
});
export type AdvertisedChannel = z.infer<typeof advertisedChannel>;

const serviceHalf = z.object({
  encoding: optional(z.string()),
  schemaEncoding: optional(z.string()),
  schema: schemaText.catch(''),
});

/** A service as the server advertises it; older servers give the definitions as `requestSchema` and `responseSchema`. */
export const advertisedService = z
  .object({
    id,
    name: name.min(1),
    type: name,
    request: optional(serviceHalf),
    response: optional(serviceHalf),
    requestSchema: optional(schemaText),
    responseSchema: optional(schemaText),
  })
  .transform(({ requestSchema, responseSchema, ...service }) => ({
    ...service,
    request: service.request ?? legacyHalf(requestSchema),
    response: service.response ?? legacyHalf(responseSchema),
  }));
export type AdvertisedService = z.infer<typeof advertisedService>;

const legacyHalf = (schema: string | undefined): z.infer<typeof serviceHalf> => ({
  encoding: undefined,
  schemaEncoding: undefined,
  schema: schema ?? '',
});

/** A parameter as the server gives it; without a value it is not set. */
export interface FoxgloveParameter {
  readonly name: string;
  readonly value?: unknown;
  /** `byte_array`, `float64` or `float64_array` where JSON does not tell. */
  readonly type?: string | undefined;
}
export const foxgloveParameter: z.ZodType<FoxgloveParameter> = z.object({
  name,
  value: z.unknown().optional(),
  type: optional(z.string()),
});
