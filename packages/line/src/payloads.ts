import { z } from 'zod';

/** Clause 5.5: the JSON payloads of replies, by kind of request. */
const name = z.string().max(1024);

/** `publish` and `standing.set`: absent where the robot cannot tell. */
export const publishPayloadSchema = z.object({
  subscribers: z.optional(z.int().min(0)).transform((count): number | undefined => count),
});

/**
 * `standing.set`: whether the topic moves the robot, so that the command ends with the line, and for how long it is held, in
 * milliseconds: on motion topics not beyond the output's timeout. Absent where it is as long as was asked for.
 */
export const standingPayloadSchema = z.object({ motion: z.boolean(), holdMs: z.optional(z.number()) });

/** `lease.take` and `lease.renew`: the token that every motion command carries, and how long the lease lasts, in milliseconds. */
export const leasePayloadSchema = z.object({ token: z.int().min(1), holdMs: z.number() });

/** `stop`: what became of each output. */
export const stopPayloadSchema = z.object({
  outputs: z.array(
    z.object({
      kind: z.enum(['topic', 'service', 'parameter']),
      name,
      /** ROS took the stop. */
      delivered: z.boolean(),
      /** Others that publish on the same topic, and were not stopped. */
      others: z.array(name).max(16),
      /** `NOT_EXCLUSIVE` where there are others, or why it was not delivered. */
      code: z.optional(z.string().max(64)),
    }),
  ),
});
export type StopPayload = z.infer<typeof stopPayloadSchema>;

/** `parameter.list`. */
export const namesPayloadSchema = z.object({ names: z.array(name) });

/** `graph`: all of it, with its version where whoever asks may say next time that it has that. */
export const graphPayloadSchema = z.object({
  rosVersion: z.union([z.literal(1), z.literal(2)]),
  topics: z.array(z.object({ name, type: name, publishers: z.array(name), subscribers: z.array(name) })),
  services: z.array(z.object({ name, type: name, providers: z.array(name) })),
  version: z.optional(z.string().max(64)),
});

/** `graph` where the version that the asker has is the present one. */
export const graphUnchangedSchema = z.object({ unchanged: z.literal(true) });

/** `schema.message`. */
export const schemaPayloadSchema = z.object({
  name,
  encoding: z.enum(['ros1msg', 'ros2msg', '']),
  text: z.string().max(1024 * 1024),
});

/** `schema.service`. */
export const servicePayloadSchema = z.object({ name, request: schemaPayloadSchema, response: schemaPayloadSchema });
