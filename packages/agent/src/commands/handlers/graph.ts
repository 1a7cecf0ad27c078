import { createHash } from 'node:crypto';
import { stringifyExact } from '@longline/ros';
import { jsonAnswer } from './Handler.ts';
import type { Handler } from './Handler.ts';

/** Answers the ROS graph as of now, or that it is as whoever asks knows it. */
export const graph: Handler<'graph'> = async ({ known }, request, context) => {
  const snapshot = await context.graph.snapshot(request.operation());
  const version = createHash('sha256').update(stringifyExact(snapshot)).digest('base64url').slice(0, 16);
  return jsonAnswer(version === known ? { unchanged: true } : { ...snapshot, version });
};
