import { absoluteName } from '../PlainRobot.ts';
import type { OpHandler } from './OpHandler.ts';

/** The device receives a topic no more; with an ID that one subscription ends. */
export const unsubscribe: OpHandler<'unsubscribe'> = ({ topic, id }, { motion, robot }) => {
  const name = absoluteName(topic);
  const known = robot.subscriptions.get(name);
  if (known === undefined) return;
  if (id !== undefined) known.ids.delete(id);
  if (id !== undefined && known.ids.size > 0) return;
  motion.handleUnsubscribe(name);
  robot.subscriptions.delete(name);
};
