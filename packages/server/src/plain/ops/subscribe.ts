import { LineError } from '@longline/line';
import { RosError } from '@longline/ros';
import { commonSchema } from '../commonSchema.ts';
import { absoluteName, checkRoom } from '../PlainRobot.ts';
import type { OpHandler } from './OpHandler.ts';

/** Subscriptions of one topic under different IDs. */
const MAX_IDS = 100;

/** A topic that the device wants to receive. Without a type nobody could say whether it moves the device. */
export const subscribe: OpHandler<'subscribe'> = ({ topic, type, id = '' }, { motion, robot }) => {
  const name = absoluteName(topic);
  const known = robot.subscriptions.get(name);
  const typeName = type ?? robot.typeOf(name);
  if (typeName === undefined) {
    throw new RosError('TYPE_UNKNOWN', `subscribe ${name} needs a "type", like std_msgs/String.`);
  }
  const schema = commonSchema(typeName);
  if (known !== undefined) {
    if (known.schema.name !== schema.name) {
      throw new RosError(
        'TYPE_MISMATCH',
        `${name} is subscribed as ${known.schema.name}; it cannot be ${schema.name} too.`,
      );
    }
    if (known.ids.size >= MAX_IDS) {
      throw new LineError('LIMIT_EXCEEDED', `${name} is subscribed ${MAX_IDS} times. Unsubscribe some.`);
    }
    known.ids.add(id);
    return;
  }
  checkRoom(robot.subscriptions, 'topics that it receives');
  robot.subscriptions.set(name, { told: topic, schema, ids: new Set([id]) });
  motion.handleSubscribed(name);
};
