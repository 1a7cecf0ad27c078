import { checkTopicName } from '@longline/ros';
import { jsonAnswer } from './Handler.ts';
import type { Handler } from './Handler.ts';

/** Provides a service on the robot until its line ends. Answers the definition that its requests and responses have here. */
export const serviceAdvertise: Handler<'service.advertise'> = async ({ service, type }, request, context) => {
  checkTopicName(service);
  context.allowList.checkProvide(service);
  context.guard.checkExecution(request);
  return jsonAnswer(await context.provided.advertise({ service, type }, request));
};
