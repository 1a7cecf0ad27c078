import { emptyAnswer } from './Handler.ts';
import type { Handler } from './Handler.ts';

/** Ends the lease; what moved under it is stopped. It is no error when it was over. */
export const leaseRelease: Handler<'lease.release'> = async (_action, request, { deadman }) => {
  await deadman.endLease(request.header.token);
  return emptyAnswer;
};
