import { jsonAnswer } from './Handler.ts';
import type { Handler } from './Handler.ts';

/** Holds the lease on, from when the request was made. */
export const leaseRenew: Handler<'lease.renew'> = async ({ holdMs }, request, { deadman }) => {
  const { token } = request.header;
  await deadman.renewLease(token, request.bornMs + holdMs);
  return jsonAnswer({ token, holdMs });
};
