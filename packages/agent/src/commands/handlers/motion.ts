import { checkTopicName, RosError } from '@longline/ros';
import { outputMessage } from '../outputMessage.ts';
import { emptyAnswer } from './Handler.ts';
import type { Handler } from './Handler.ts';

/** One frame of a motion stream. */
export const motion: Handler<'motion'> = async ({ topic, type: givenType, encoding }, request, context) => {
  checkTopicName(topic);
  context.allowList.checkPublish(topic);
  const type = await context.types.typeOf({ topic, type: givenType }, request.operation());
  const timeoutMs = context.motion.timeoutMs('topic', topic, type);
  if (timeoutMs === undefined) {
    throw new RosError(
      'NOT_SUPPORTED',
      `${topic} does not move this robot. Publish on it, or name it under "motion: outputs:" in the agent's config.`,
      { details: { topic } },
    );
  }
  context.motion.check(request, topic, timeoutMs);
  const order = await outputMessage({ topic, type, encoding }, request, context);
  await context.motion.execute(request, order);
  return emptyAnswer;
};
