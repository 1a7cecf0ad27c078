import { movesByType, RosError, sameType } from '@longline/ros';
import { commonSchema } from '../commonSchema.ts';
import { noSubscriber, unguardedMotion } from '../plainErrors.ts';
import { valueOf } from '../plainMessage.ts';
import type { PlainSubscription } from '../PlainRobot.ts';
import type { PlainContext } from '../PlainContext.ts';
import type { ActionOf, PlainRequest, RequestHandler } from './PlainRequest.ts';
import { jsonAnswer } from './PlainRequest.ts';

/** Publishes one message to the device, if it has subscribed; done when it has reached the device. */
export const publish: RequestHandler<'publish'> = async (action, request, context) => {
  const subscription = subscriptionFor(action, context);
  if (subscription === undefined) return jsonAnswer({ subscribers: 0 });
  passOn(action, subscription, request, context);
  await context.sender.reached();
  return jsonAnswer({ subscribers: 1 });
};

/** Sends the message; what moves the device only where that is allowed. Throws why not. */
export function passOn(
  { topic, encoding }: Pick<ActionOf<'publish'>, 'topic' | 'encoding'>,
  { schema }: PlainSubscription,
  { header, payload }: Pick<PlainRequest, 'header' | 'payload'>,
  { motion, sender }: PlainContext,
): void {
  const value = valueOf(schema, encoding, payload);
  if (!movesByType(schema.name)) {
    sender.publish(topic, schema, value);
    return;
  }
  const { ageMs, sequence, token } = header;
  motion.execute({ topic, schema, value, token, sequence, ageMs });
}

/** Undefined where the device does not receive the topic and it moves nothing. Throws `TYPE_MISMATCH`, `TOPIC_UNKNOWN`, `NO_SUBSCRIBER`. */
export function subscriptionFor(
  { topic, type }: Pick<ActionOf<'publish'>, 'topic' | 'type'>,
  { device, motion, robot }: PlainContext,
): PlainSubscription | undefined {
  const known = robot.typeOf(topic);
  if (known !== undefined && type !== undefined && !sameType(known, type)) {
    throw new RosError('TYPE_MISMATCH', `${topic} is a ${known} on ${device.id}, not a ${type}.`, {
      details: { topic, expected: known, actual: type },
    });
  }
  const subscription = robot.subscriptions.get(topic);
  if (subscription !== undefined) return subscription;
  const typeName = known ?? type;
  if (typeName === undefined) {
    throw new RosError('TOPIC_UNKNOWN', `${device.id} neither publishes ${topic} nor receives it.`, {
      details: { topic },
    });
  }
  if (!movesByType(commonSchema(typeName).name)) return undefined;
  throw motion.isUnguarded ? noSubscriber(device.id, topic) : unguardedMotion(device.id, topic);
}
