import { RosError } from '@longline/ros';
import type { OpHandler } from './OpHandler.ts';

/** The answer to a call. Without `result` it is taken for good: some clients send it only when it is false. */
export const serviceResponse: OpHandler<'service_response'> = ({ id = '', values, result = true }, { calls }) => {
  if (calls.handleResponse(id, { result, values })) return;
  throw new RosError(
    'SERVICE_UNKNOWN',
    `No call ${JSON.stringify(id)} waits for an answer: it may have come too late.`,
  );
};
