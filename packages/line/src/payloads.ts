import { z } from 'zod';

/** Clause 5.5: the JSON payloads of replies, by kind of request. */
const name = z.string().max(1024);

/** `publish` and `standing.set`: absent where the robot cannot tell. */
export const publishPayloadSchema = z.object({
  subscribers: z.optional(z.int().min(0)).transform((count): number | undefined => count),
});

/** `standing.set`: whether the topic moves the robot, so that the command ends with the line. */
export const standingPayloadSchema = z.object({ motion: z.boolean() });

/** `parameter.list`. */
export const namesPayloadSchema = z.object({ names: z.array(name) });

/** `graph`. */
export const graphPayloadSchema = z.object({
  rosVersion: z.union([z.literal(1), z.literal(2)]),
  topics: z.array(z.object({ name, type: name, publishers: z.array(name), subscribers: z.array(name) })),
  services: z.array(z.object({ name, type: name, providers: z.array(name) })),
});

/** `schema.message`. */
export const schemaPayloadSchema = z.object({
  name,
  encoding: z.enum(['ros1msg', 'ros2msg', '']),
  text: z.string().max(1024 * 1024),
});

/** `schema.service`. */
export const servicePayloadSchema = z.object({ name, request: schemaPayloadSchema, response: schemaPayloadSchema });
