import { movesByType, RosError } from '@longline/ros';
import { noSubscriber } from '../plainErrors.ts';
import { passOn, subscriptionFor } from './publish.ts';
import { emptyAnswer } from './PlainRequest.ts';
import type { RequestHandler } from './PlainRequest.ts';

/** One frame of a motion stream. */
export const motion: RequestHandler<'motion'> = (action, request, context) => {
  const { topic } = action;
  const subscription = subscriptionFor(action, context);
  if (subscription === undefined) throw noSubscriber(context.device.id, topic);
  if (!movesByType(subscription.schema.name)) {
    throw new RosError('NOT_SUPPORTED', `${topic} does not move the device. Publish on it.`, { details: { topic } });
  }
  passOn(action, subscription, request, context);
  return emptyAnswer;
};
