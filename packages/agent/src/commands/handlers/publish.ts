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
    context.guard.checkExecution(request, context.isMotion(action.topic, publisher.schema.name));
    isBroken = true;
    const { subscribers } = await publisher.publish(data, request.operation());
    isBroken = false;
    return jsonAnswer({ subscribers });
  } finally {
    use.release(isBroken);
  }
};
