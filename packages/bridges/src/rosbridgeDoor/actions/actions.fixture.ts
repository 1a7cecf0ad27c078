import { codecFor } from '@longline/ros';
import type { Schema } from '@longline/ros';
import { headerText, RosbridgeClient } from '../RosbridgeClient.fixture.ts';

const rule = `${'='.repeat(80)}\n`;
const idText = `${rule}MSG: actionlib_msgs/GoalID\ntime stamp\nstring id\n`;
const statusText = `${rule}MSG: actionlib_msgs/GoalStatus\nactionlib_msgs/GoalID goal_id\nuint8 status\nstring text\n`;
const ros1 = (name: string, text: string): Schema => ({ name, encoding: 'ros1msg', text });

/** For tests: the definitions of the action demo/Count and its topics at /count. */
export const countSchemas = {
  goal: ros1(
    'demo/CountActionGoal',
    `std_msgs/Header header\nactionlib_msgs/GoalID goal_id\ndemo/CountGoal goal\n${headerText}${idText}${rule}MSG: demo/CountGoal\nint64 to\n`,
  ),
  cancel: ros1('actionlib_msgs/GoalID', 'time stamp\nstring id\n'),
  status: ros1(
    'actionlib_msgs/GoalStatusArray',
    `std_msgs/Header header\nactionlib_msgs/GoalStatus[] status_list\n${headerText}${statusText}${idText}`,
  ),
  feedback: ros1(
    'demo/CountActionFeedback',
    `std_msgs/Header header\nactionlib_msgs/GoalStatus status\ndemo/CountFeedback feedback\n${headerText}${statusText}${idText}${rule}MSG: demo/CountFeedback\nint64 at\n`,
  ),
  result: ros1(
    'demo/CountActionResult',
    `std_msgs/Header header\nactionlib_msgs/GoalStatus status\ndemo/CountResult result\n${headerText}${statusText}${idText}${rule}MSG: demo/CountResult\nint64 sum\nfloat64 mean\n`,
  ),
};
export type CountTopic = keyof typeof countSchemas;

/** For tests: a client at the door of a robot that knows the action's types; `served`: a node serves it. */
export function countClient({ served }: { readonly served: boolean }): RosbridgeClient {
  const client = new RosbridgeClient();
  for (const [topic, schema] of Object.entries(countSchemas)) {
    client.graph.schemas.set(schema.name, schema);
    if (served || topic === 'goal' || topic === 'cancel') client.graph.setTopic(`/count/${topic}`, schema);
  }
  return client;
}

/** For tests: a node of the robot publishes on a topic of the action. */
export function emit(client: RosbridgeClient, topic: CountTopic, value: object): void {
  const codec = codecFor(countSchemas[topic], 'ros1');
  client.graph.emit(`/count/${topic}`, codec.encode(value));
}

/** For tests: what the door published on a topic of the action. */
export const published = (client: RosbridgeClient, topic: CountTopic): unknown[] =>
  client.graph.published
    .filter((message) => message.topic === `/count/${topic}`)
    .map(({ data }) => codecFor(countSchemas[topic], 'ros1').decode(data));
