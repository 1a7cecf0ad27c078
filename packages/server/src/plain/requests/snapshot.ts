import { encodeSnapshot } from '@longline/line';
import { RosError } from '@longline/ros';
import { ServerError } from '../../errors.ts';
import type { RequestHandler } from './PlainRequest.ts';

/** Answers the newest message of a topic: a plain device sends all it has at once. */
export const snapshot: RequestHandler<'snapshot'> = ({ topic }, _request, { channelOf, device, robot }) => {
  if (!robot.topics.has(topic)) {
    throw new RosError('TOPIC_UNKNOWN', `${device.id} does not publish ${topic}.`, { details: { topic } });
  }
  const message = channelOf(topic)?.latest;
  if (message === undefined) {
    throw new ServerError('MESSAGE_NONE', `No message of ${topic} has come yet. Wait for the first.`);
  }
  return { payload: encodeSnapshot(message), encoding: message.channel.encoding };
};
