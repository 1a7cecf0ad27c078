import { checkTopicName } from '@longline/ros';
import { AgentError } from '../../errors.ts';
import { messageBytes } from '../messageBytes.ts';
import { jsonAnswer } from './Handler.ts';
import type { Handler } from './Handler.ts';

/** Begins or renews a standing command. The hold counts from when the request was made, not from when it came. */
export const standingSet: Handler<'standing.set'> = async (action, request, context) => {
  const { topic, type, encoding, rateHz, holdMs } = action;
  checkTopicName(topic);
  context.allowList.checkPublish(topic);
  const use = await context.publishers.acquire({ topic, type }, request.operation());
  try {
    const { publisher } = use;
    const data = messageBytes(publisher.schema, publisher.encoding, encoding, request.payload);
    const isMotion = context.isMotion(topic, publisher.schema.name);
    if (isMotion && action.resumed === true) {
      throw new AgentError(
        'MOTION_NOT_RESUMED',
        `${topic} moves the robot: after a lost line only its holder sets it again, never the server for him.`,
      );
    }
    context.guard.checkExecution(request, isMotion);
    context.guard.checkOrder(request, topic);
    context.standing.set({ topic, use, data, rateHz, heldUntilMs: request.bornMs + holdMs, isMotion });
    return jsonAnswer({ motion: isMotion });
  } catch (error) {
    use.release();
    throw error;
  }
};
