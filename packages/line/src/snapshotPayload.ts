import { Message } from '@longline/ros';
import { z } from 'zod';
import { encodingSchema } from './channelRecords.ts';
import { decodeHeaded, encodeHeaded } from './jsonRecord.ts';
import { defaultLimits } from './limits.ts';
import { schemaPayloadSchema } from './payloads.ts';

const nanoseconds = z
  .string()
  .regex(/^\d{1,20}$/)
  .transform((digits) => BigInt(digits))
  .refine((instant) => instant < 2n ** 64n);

/** Clause 5.8: what stands before the bytes of a snapshot. */
const snapshotHeaderSchema = z.object({
  topic: z.string().min(1).max(1024),
  schema: schemaPayloadSchema,
  encoding: encodingSchema,
  latched: z.boolean(),
  logTime: nanoseconds,
  publishTime: nanoseconds,
});

/** The payload of a snapshot's reply: the message with its definition, so that who asked needs nothing else to read it. */
export function encodeSnapshot({ channel, logTime, publishTime, data }: Message): Uint8Array {
  const { topic, schema, encoding, latched } = channel;
  const { name, text } = schema;
  const head = encodeHeaded({
    topic,
    schema: { name, encoding: schema.encoding, text },
    encoding,
    latched,
    logTime: logTime.toString(),
    publishTime: publishTime.toString(),
  });
  const payload = new Uint8Array(head.length + data.length);
  payload.set(head);
  payload.set(data, head.length);
  return payload;
}

/** The message of a snapshot's reply; its sequence is 0. It keeps its own copy of the bytes. Throws `FRAME_MALFORMED`. */
export function decodeSnapshot(payload: Uint8Array): Message {
  const { header, payload: data } = decodeHeaded('snapshot', payload, snapshotHeaderSchema, defaultLimits.maxJsonBytes);
  const { logTime, publishTime, ...channel } = header;
  return new Message(channel, { sequence: 0, logTime, publishTime, data: data.slice() });
}
