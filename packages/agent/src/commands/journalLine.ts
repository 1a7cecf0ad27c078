import type { ReplyHeader } from '@longline/line';
import { z } from 'zod';

/** Of a reply's payload so many bytes are kept; of a longer one it is only kept that there was one. */
export const MAX_KEPT_PAYLOAD_BYTES = 512;
/** Of its sentence so many characters. */
const MAX_KEPT_MESSAGE = 500;

const replySchema = z.object({
  id: z.string().min(1).max(128),
  state: z.enum(['done', 'failed', 'rejected', 'expired', 'cancelled']),
  code: z.optional(z.string().max(64)),
  message: z.optional(z.string().max(MAX_KEPT_MESSAGE)),
  encoding: z.optional(z.enum(['ros1', 'cdr', 'json'])),
  robotMs: z.optional(z.number()),
});
const beganSchema = z.tuple([z.literal('began'), z.number(), z.string().min(1).max(128), z.string().max(64)]);
const endedSchema = z.tuple([z.literal('ended'), z.number(), replySchema, z.string().max(1_024)]);
const lineSchema = z.union([beganSchema, endedSchema]);

/** One line of the journal of executed commands. */
export type JournalLine =
  | { readonly state: 'began'; readonly wallMs: number; readonly id: string; readonly fingerprint: string }
  | { readonly state: 'ended'; readonly wallMs: number; readonly reply: ReplyHeader; readonly payload: Uint8Array };

/** A command is about to take effect. `wallMs` is in milliseconds since 1970. */
export const beganLine = (wallMs: number, id: string, fingerprint: string): string =>
  `${JSON.stringify(['began', wallMs, id, fingerprint])}\n`;

/** A command that had begun was answered. */
export function endedLine(wallMs: number, reply: ReplyHeader, payload: Uint8Array): string {
  if (payload.length > MAX_KEPT_PAYLOAD_BYTES) return endedLine(wallMs, forgottenReply(reply), new Uint8Array(0));
  const kept = reply.message === undefined ? reply : { ...reply, message: reply.message.slice(0, MAX_KEPT_MESSAGE) };
  return `${JSON.stringify(['ended', wallMs, kept, Buffer.from(payload).toString('base64')])}\n`;
}

/** What is told of a command whose answer is no longer kept. */
export const forgottenReply = ({ id, state, robotMs }: ReplyHeader): ReplyHeader => ({
  id,
  state,
  code: 'REPLY_FORGOTTEN',
  message: 'The command was executed before; its reply is no longer kept on the robot.',
  ...(robotMs === undefined ? {} : { robotMs }),
});

/** Undefined for what is no such line: a power cut may leave half of one. */
export function parseJournalLine(text: string): JournalLine | undefined {
  const result = lineSchema.safeParse(parseJson(text));
  if (!result.success) return undefined;
  const line = result.data;
  if (line[0] === 'began') return { state: line[0], wallMs: line[1], id: line[2], fingerprint: line[3] };
  return { state: line[0], wallMs: line[1], reply: line[2], payload: new Uint8Array(Buffer.from(line[3], 'base64')) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
