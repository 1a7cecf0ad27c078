import { checkTopicName } from '@longline/ros';
import { emptyAnswer } from './Handler.ts';
import type { Handler } from './Handler.ts';

/** Holds a publisher open. On what moves the robot the deadman has the only one, and nothing is to be done. */
export const topicAdvertise: Handler<'topic.advertise'> = async (action, request, context) => {
  const { topic, latched, holder } = action;
  checkTopicName(topic);
  context.allowList.checkPublish(topic);
  const type = await context.publishers.typeOf(action, request.operation());
  if (latched !== true && context.motion.timeoutMs('topic', topic, type) !== undefined) return emptyAnswer;
  await context.advertised.advertise(holder, { topic, type, latched }, request.operation());
  return emptyAnswer;
};
