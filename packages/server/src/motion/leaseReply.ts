import { leasePayloadSchema } from '@longline/line';
import type { Reply } from '@longline/line';
import type { LonglineError } from '@longline/ros';

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The lease as the robot confirmed it, in milliseconds never longer than was asked for; without a token where it says none. */
export function confirmedLease(reply: Reply, askedMs: number): { readonly token?: number; readonly holdMs: number } {
  try {
    const { token, holdMs } = leasePayloadSchema.parse(JSON.parse(decoder.decode(reply.payload)));
    return { token, holdMs: Math.min(askedMs, holdMs) };
  } catch {
    // It confirmed what it was asked for.
    return { holdMs: askedMs };
  }
}

/** The robot's `done`, with what is held (clause 5.5). */
export const leaseReply = (reply: Reply, token: number, holdMs: number): Reply => ({
  ...reply,
  encoding: 'json',
  payload: encoder.encode(JSON.stringify({ token, holdMs })),
});

/** The server's refusal in place of the robot's word. */
export const refusal = (id: string, { code, message }: LonglineError): Reply => ({
  id,
  state: 'rejected',
  code: code,
  message,
  payload: new Uint8Array(0),
});
