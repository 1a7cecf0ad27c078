import type { RosapiGraph } from './RosapiGraph.ts';
import { nameArgument, rosapiService, withSlash } from './RosapiService.ts';
import type { RosapiService } from './RosapiService.ts';

const ros1Parts = ['goal', 'cancel', 'status', 'feedback', 'result'];
const ROS1_GOAL = '/goal';
const ROS2_FEEDBACK = '/_action/feedback';

/** The names of all actions and their types. */
function actions({ rosVersion, topics }: RosapiGraph): Map<string, string> {
  const found = new Map<string, string>();
  const types = new Map(topics.map(({ name, type }) => [name, type]));
  for (const [topic, type] of types) {
    if (rosVersion === 2 && topic.endsWith(ROS2_FEEDBACK)) {
      found.set(topic.slice(0, -ROS2_FEEDBACK.length), type.replace(/_FeedbackMessage$/, ''));
    }
    if (rosVersion === 1 && topic.endsWith(ROS1_GOAL)) {
      const name = topic.slice(0, -ROS1_GOAL.length);
      if (ros1Parts.every((part) => types.has(`${name}/${part}`))) found.set(name, type.replace(/Goal$/, ''));
    }
  }
  return found;
}

/** rosapi's questions about actions. */
export const actionServices: Readonly<Record<string, RosapiService>> = {
  action_servers: rosapiService('GetActionServers', {}, async (context) => ({
    action_servers: [...actions(await context.graph()).keys()],
  })),
  action_type: rosapiService('ActionType', { action: nameArgument }, async (context, { action }) => ({
    type: actions(await context.graph()).get(withSlash(action)) ?? '',
  })),
};
