import { codecFor } from '@longline/ros';
import type { Message } from '@longline/ros';
import { z } from 'zod';

const time = z.object({ sec: z.number(), nsec: z.number() }).catch({ sec: 0, nsec: 0 });
const goalId = z.object({ stamp: time, id: z.string() });
const goalStatus = z.object({ goal_id: goalId, status: z.number(), text: z.string() });
const goalMessage = z.object({ goal_id: goalId });
const aboutGoal = z.object({ status: goalStatus });
const statusArray = z.object({ status_list: z.array(goalStatus) });

/** Which goal, as actionlib names it. */
export type GoalId = z.infer<typeof goalId>;
/** How one goal does, as actionlib tells it. */
export type GoalStatus = z.infer<typeof goalStatus>;

/** The goal of a `goal` message. Throws for what is none. */
export const goalIdOf = (message: Message): GoalId => goalMessage.parse(message.value).goal_id;
/** The goal of a `cancel` message. */
export const cancelledIdOf = (message: Message): GoalId => goalId.parse(message.value);
/** The goal that a `feedback` or `result` message is about. */
export const goalStatusOf = (message: Message): GoalStatus => aboutGoal.parse(message.value).status;
/** The goals of a `status` message. */
export const goalStatusesOf = (message: Message): readonly GoalStatus[] => statusArray.parse(message.value).status_list;

/** JSON of the `goal` within a `goal` message: one function for all, for `Message.transcoded`. */
export const goalJson = (message: Message): string => lastMember(message, 'goal');
/** JSON of the `feedback` within a `feedback` message. */
export const feedbackJson = (message: Message): string => lastMember(message, 'feedback');
/** JSON of the `result` within a `result` message. */
export const resultJson = (message: Message): string => lastMember(message, 'result');

/** These are the last members of their messages, and nothing before them has a member of that name. */
function lastMember(message: Message, name: string): string {
  const { schema, encoding } = message.channel;
  const text = codecFor(schema, encoding).toJson(message.value, { nonFinite: 'null' });
  const start = text.indexOf(`,"${name}":`);
  if (start < 0) throw new Error(`${schema.name} has no ${name}`);
  return text.slice(start + name.length + 4, -1);
}
