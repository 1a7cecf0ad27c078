import { leasePayloadSchema, replyError } from '@longline/line';
import type { Action } from '@longline/line';
import type { OperationOptions } from '@longline/ros';
import { Lease } from './Lease.ts';
import type { LeaseContext } from './Lease.ts';

/** Options of taking a lease. */
export interface TakeLeaseOptions extends OperationOptions {
  /** It ends so long after the last renewal was made, 200 to 60,000 ms. Default 1,500: three renewals a second and a half. */
  readonly holdMs?: number;
  /** Takes it from whoever holds it, who is told. Default false. */
  readonly takeOver?: boolean;
}

/** Default of {@link TakeLeaseOptions.holdMs}. */
export const DEFAULT_HOLD_MS = 1_500;

const decoder = new TextDecoder();

/**
 * Takes the lease of a device; the robot has confirmed it when this resolves. Rejects with `LEASE_HELD` (somebody else has
 * it), `DEVICE_OFFLINE`, and the robot's reasons.
 */
export async function takeLease(context: LeaseContext, options: TakeLeaseOptions): Promise<Lease> {
  const { holdMs = DEFAULT_HOLD_MS, takeOver, ...operation } = options;
  const madeMs = context.clock.monotonicMs();
  const action: Action = { kind: 'lease.take', holdMs, ...(takeOver === undefined ? {} : { takeOver }) };
  const reply = await context.requests.send(context.id, action, new Uint8Array(0), operation);
  if (reply.state !== 'done') throw replyError(reply);
  const taken = leasePayloadSchema.parse(JSON.parse(decoder.decode(reply.payload)));
  return new Lease(context, { ...taken, madeMs });
}
