import { checkTopicName } from '@longline/ros';
import { encodeSnapshot } from '@longline/line';
import type { Handler } from './Handler.ts';

/** Of the deadline so much is kept for the way of the answer, in milliseconds and as a share. */
const WAY_BACK_MS = 500;
const WAY_BACK_SHARE = 0.25;

/** Answers the newest message of a topic, with its definition. */
export const snapshot: Handler<'snapshot'> = async ({ topic }, request, { snapshots }) => {
  checkTopicName(topic);
  const { remainingMs } = request;
  const waitMs = Math.max(1, remainingMs - Math.min(WAY_BACK_MS, remainingMs * WAY_BACK_SHARE));
  const message = await snapshots.take(topic, waitMs);
  return { payload: encodeSnapshot(message), encoding: message.channel.encoding };
};
