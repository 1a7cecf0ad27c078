import { checkTopicName } from '@longline/ros';
import { AgentError } from '../../errors.ts';
import { messageBytes } from '../messageBytes.ts';
import { outputMessage } from '../outputMessage.ts';
import type { RobotRequest } from '../RobotRequest.ts';
import { MotionWay, PublisherWay } from '../StandingWay.ts';
import { jsonAnswer } from './Handler.ts';
import type { ActionOf, Answer, Handler, HandlerContext } from './Handler.ts';

/** Begins or renews a standing command. The hold counts from when the request was made, not from when it came. */
export const standingSet: Handler<'standing.set'> = async (action, request, context) => {
  const { topic, type: givenType, encoding, rateHz, holdMs } = action;
  checkTopicName(topic);
  context.allowList.checkPublish(topic);
  const type = await context.publishers.typeOf({ topic, type: givenType }, request.operation());
  const timeoutMs = context.motion.timeoutMs('topic', topic, type);
  if (timeoutMs !== undefined) return standMotion({ ...action, type, timeoutMs }, request, context);
  const use = await context.publishers.acquire({ topic, type }, request.operation());
  try {
    const { publisher } = use;
    const data = messageBytes(publisher.schema, publisher.encoding, encoding, request.payload);
    context.guard.checkExecution(request);
    context.guard.checkOrder(request, topic);
    const way = new PublisherWay(use, data);
    await context.standing.set({ topic, way, rateHz, heldUntilMs: request.bornMs + holdMs });
    return jsonAnswer({ motion: false });
  } catch (error) {
    use.release();
    throw error;
  }
};

/** On what moves the robot its holder speaks at least as often as the output's timeout asks, or it ends. */
async function standMotion(
  action: ActionOf<'standing.set'> & { readonly type: string; readonly timeoutMs: number },
  request: RobotRequest,
  context: HandlerContext,
): Promise<Answer> {
  const { topic, rateHz, timeoutMs } = action;
  if (action.resumed === true) {
    throw new AgentError(
      'MOTION_NOT_RESUMED',
      `${topic} moves the robot: after a lost line only its holder sets it again, never the server for him.`,
    );
  }
  context.motion.check(request, topic, timeoutMs);
  const order = await outputMessage(action, request, context);
  context.guard.checkExecution(request);
  context.motion.check(request, topic, timeoutMs);
  context.guard.checkOrder(request, topic);
  const holdMs = Math.min(action.holdMs, timeoutMs);
  const way = new MotionWay({ context, request, order, holdMs });
  await context.standing.set({ topic, way, rateHz, heldUntilMs: request.bornMs + holdMs });
  return jsonAnswer({ motion: true, holdMs });
}
