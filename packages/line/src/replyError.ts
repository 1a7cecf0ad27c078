import { LonglineError, RosError, rosErrorCodes } from '@longline/ros';
import type { RosErrorCode } from '@longline/ros';
import type { Reply } from './OpenRequests.ts';

const isRosCode = (code: string): code is RosErrorCode => (rosErrorCodes as readonly string[]).includes(code);

/** The error that a reply other than `done` stands for, with the robot's own code and words. */
export function replyError(reply: Reply): LonglineError {
  const code = reply.code ?? 'REPLY_MISSING';
  const message = reply.message ?? `the request ended as ${reply.state}`;
  const options = { details: { id: reply.id, state: reply.state } };
  return isRosCode(code) ? new RosError(code, message, options) : new LonglineError(code, message, options);
}
