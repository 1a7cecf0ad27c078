import { checkTopicName } from '@longline/ros';
import { messageBytes } from '../messageBytes.ts';
import { jsonAnswer } from './Handler.ts';
import type { Handler } from './Handler.ts';

/** Publishes one message. Answers how many subscribers the robot has for it, where it can tell. */
export const publish: Handler<'publish'> = async (action, request, context) => {
  checkTopicName(action.topic);
  context.allowList.checkPublish(action.topic);
  const use = await context.publishers.acquire(action, request.operation());
  let isBroken = false;
  try {
    const { publisher } = use;
    const data = messageBytes(publisher.schema, publisher.encoding, action.encoding, request.payload);
    const isMotion = context.isMotion(action.topic, publisher.schema.name);
    context.guard.checkExecution(request, isMotion);
    if (isMotion) context.guard.checkOrder(request, action.topic);
    isBroken = true;
    // ROS may hold a message back, for one until its subscribers have found this publisher.
    const options = { ...request.operation(), ...(isMotion ? { signal: request.lineEnded } : {}) };
    const { subscribers } = await publisher.publish(data, options);
    isBroken = false;
    return jsonAnswer({ subscribers });
  } finally {
    use.release(isBroken);
  }
};
