import { jsonAnswer } from './Handler.ts';
import type { Handler } from './Handler.ts';

/** Takes the lease with the token that the server gave it. It counts from when the request was made. */
export const leaseTake: Handler<'lease.take'> = async ({ holdMs }, request, { deadman }) => {
  const { token } = request.header;
  await deadman.takeLease(token, request.bornMs + holdMs);
  return jsonAnswer({ token, holdMs });
};
