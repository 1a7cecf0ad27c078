import { emptyAnswer, jsonAnswer } from './PlainRequest.ts';
import type { RequestHandler } from './PlainRequest.ts';

/** Takes the lease with the token that the server gave it. */
export const leaseTake: RequestHandler<'lease.take'> = ({ holdMs }, { header }, { motion }) => {
  const { ageMs, token } = header;
  return jsonAnswer({ token, holdMs: motion.takeLease(token, holdMs, ageMs) });
};

/** Holds it on. */
export const leaseRenew: RequestHandler<'lease.renew'> = ({ holdMs }, { header }, { motion }) => {
  const { ageMs, token } = header;
  return jsonAnswer({ token, holdMs: motion.renewLease(token, holdMs, ageMs) });
};

/** Ends it; what moved under it is stopped. */
export const leaseRelease: RequestHandler<'lease.release'> = (_action, { header }, { motion }) => {
  motion.releaseLease(header.token);
  return emptyAnswer;
};
