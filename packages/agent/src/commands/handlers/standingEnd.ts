import { checkTopicName } from '@longline/ros';
import { jsonAnswer } from './Handler.ts';
import type { Handler } from './Handler.ts';

/** Ends a standing command; it is no error when there is none. Whoever may send requests may end one. */
export const standingEnd: Handler<'standing.end'> = (action, request, context) => {
  checkTopicName(action.topic);
  context.guard.checkOrder(request, action.topic);
  context.standing.end(action.topic, 'it was ended by request');
  return Promise.resolve(jsonAnswer({}));
};
