import { emptyAnswer } from './Handler.ts';
import type { Handler } from './Handler.ts';

/** Lets outputs move again. It goes on at once: a stop that comes after it must come after it. */
export const stopRelease: Handler<'stop.release'> = async ({ outputs }, request, { deadman }) => {
  request.lineEnded.throwIfAborted();
  await deadman.releaseStop(request.header.token, outputs);
  return emptyAnswer;
};
