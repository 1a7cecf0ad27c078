import { emptyAnswer } from './Handler.ts';
import type { Handler } from './Handler.ts';

/** Lets go of a publisher that was held open. */
export const topicUnadvertise: Handler<'topic.unadvertise'> = ({ topic, holder }, _request, context) => {
  context.advertised.unadvertise(holder, topic);
  return Promise.resolve(emptyAnswer);
};
