import type { Encoding } from '@longline/ros';
import type { HandlerContext } from './handlers/Handler.ts';
import { encodingOf, messageBytes } from './messageBytes.ts';
import type { OutputOrder } from './MotionOrders.ts';
import type { RobotRequest } from './RobotRequest.ts';

/**
 * The order to the deadman that a request's message is, on a topic that moves the robot: checked against the robot's
 * definition of its type. Rejects with `TYPE_UNKNOWN`, `MESSAGE_INVALID`, `NOT_SUPPORTED`.
 */
export async function outputMessage(
  { topic, type, encoding }: { readonly topic: string; readonly type: string; readonly encoding: Encoding },
  request: RobotRequest,
  { types }: Pick<HandlerContext, 'types'>,
): Promise<OutputOrder> {
  const schema = await types.schemaOf(type, request.operation());
  const data = messageBytes(schema, encodingOf(schema), encoding, request.payload);
  return { kind: 'topic', name: topic, type, data };
}
