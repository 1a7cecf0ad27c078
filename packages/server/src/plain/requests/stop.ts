import { emptyAnswer, jsonAnswer } from './PlainRequest.ts';
import type { RequestHandler } from './PlainRequest.ts';

/** Sends zeros on what moves the device and lets nothing else through; done when they have reached it. */
export const stop: RequestHandler<'stop'> = async ({ outputs }, { header }, { motion, sender }) => {
  const topics = motion.stop(header.issuer, outputs);
  await sender.reached();
  return jsonAnswer({ outputs: topics.map((name) => ({ kind: 'topic', name, delivered: true, others: [] })) });
};

/** Lets outputs move again. */
export const stopRelease: RequestHandler<'stop.release'> = ({ outputs }, { header }, { motion }) => {
  motion.releaseStop(header.token, outputs);
  return emptyAnswer;
};
