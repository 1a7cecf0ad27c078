import { createHash } from 'node:crypto';
import { stringifyExact } from '@longline/ros';
import { jsonAnswer } from './PlainRequest.ts';
import type { RequestHandler } from './PlainRequest.ts';

/** Answers what the device publishes, receives and serves, or that it is as whoever asks knows it. */
export const graph: RequestHandler<'graph'> = ({ known }, _request, { robot }) => {
  const snapshot = robot.snapshot();
  const version = createHash('sha256').update(stringifyExact(snapshot)).digest('base64url').slice(0, 16);
  return jsonAnswer(version === known ? { unchanged: true } : { ...snapshot, version });
};
