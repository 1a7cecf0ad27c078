import { leasePayloadSchema } from '@longline/line';
import type { Reply } from '@longline/line';
import type { LonglineError } from '@longline/ros';

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** For how long the robot holds the lease, in milliseconds: never longer than was asked for. */
export function confirmedHoldMs(reply: Reply, askedMs: number): number {
  try {
    return Math.min(askedMs, leasePayloadSchema.parse(JSON.parse(decoder.decode(reply.payload))).holdMs);
  } catch {
    // It confirmed what it was asked for.
    return askedMs;
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
