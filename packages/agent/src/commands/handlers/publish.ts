import { checkTopicName } from '@longline/ros';
import { messageBytes } from '../messageBytes.ts';
import { outputMessage } from '../outputMessage.ts';
import type { RobotRequest } from '../RobotRequest.ts';
import type { TopicTurn } from '../TopicTurns.ts';
import { jsonAnswer } from './Handler.ts';
import type { ActionOf, Answer, Handler, HandlerContext } from './Handler.ts';

/** Publishes one message, in the order in which messages came. Answers how many subscribers the robot has for it, where it can tell. */
export const publish: Handler<'publish'> = async (action, request, context) => {
  const turn = context.turns.take(action.topic);
  try {
    return await publishInTurn(action, request, context, turn);
  } finally {
    turn.end();
  }
};

async function publishInTurn(
  action: ActionOf<'publish'>,
  request: RobotRequest,
  context: HandlerContext,
  turn: TopicTurn,
): Promise<Answer> {
  checkTopicName(action.topic);
  context.allowList.checkPublish(action.topic);
  const type = await context.publishers.typeOf(action, request.operation());
  const timeoutMs = context.motion.timeoutMs('topic', action.topic, type);
  // The pool refuses those that are latched.
  if (timeoutMs !== undefined && action.latched !== true) {
    return publishMotion({ ...action, type, timeoutMs }, request, context);
  }
  const use = await context.publishers.acquire(action, request.operation());
  let isBroken = false;
  try {
    const { publisher } = use;
    const data = messageBytes(publisher.schema, publisher.encoding, action.encoding, request.payload);
    await context.executed.begin(request.header.id, request.fingerprint, false);
    await turn.come;
    context.guard.checkExecution(request);
    isBroken = true;
    const published = publisher.publish(data, request.operation());
    turn.end();
    const { subscribers } = await published;
    isBroken = false;
    return jsonAnswer({ subscribers });
  } finally {
    use.release(isBroken);
  }
}

async function publishMotion(
  action: ActionOf<'publish'> & { readonly type: string; readonly timeoutMs: number },
  request: RobotRequest,
  context: HandlerContext,
): Promise<Answer> {
  const { topic, timeoutMs } = action;
  context.motion.check(request, topic, timeoutMs);
  const order = await outputMessage(action, request, context);
  await context.executed.begin(request.header.id, request.fingerprint, true);
  context.guard.checkExecution(request);
  context.guard.checkOrder(request, topic);
  const { subscribers } = await context.motion.execute(request, order);
  return jsonAnswer({ subscribers });
}
