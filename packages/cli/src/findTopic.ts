import type { DeviceRecord, RemoteDevice } from '@longline/client';
import { RosError } from '@longline/ros';
import { describeOffline } from './describeOffline.ts';
import { fieldPath } from './format/selectField.ts';
import { suggestion } from './nearNames.ts';

/** A topic that a device sends, and the field asked for behind it. */
export interface FoundTopic {
  readonly topic: string;
  readonly field: readonly string[];
}

/**
 * The channel that a name stands for: a topic, or `topic/field` as rostopic has it. A leading `/` may be left out.
 * Rejects with `TOPIC_UNKNOWN` that says whether the robot is absent, or has the topic but does not send it, or names those most alike.
 */
export async function findTopic(device: RemoteDevice, record: DeviceRecord, name: string): Promise<FoundTopic> {
  const wanted = absolute(name);
  const channels = await device.channels();
  const sent = channels.map(({ topic }) => topic).sort();
  const [topic] = sent
    .filter((candidate) => wanted === candidate || wanted.startsWith(`${candidate}/`))
    .sort((a, b) => b.length - a.length);
  if (topic !== undefined) return { topic, field: fieldPath(wanted.slice(topic.length)) };
  const graph = await device.snapshot().catch(() => undefined);
  const onRobot = graph?.topics.find((candidate) => candidate.name === wanted);
  let help = suggestion(wanted, sent, 'topics sent');
  if (onRobot !== undefined) {
    help =
      onRobot.publishers.length === 0
        ? 'The robot has it, but nobody publishes it there.'
        : "The robot has it, but its agent does not send it: look at 'topics' in the agent's config.";
  }
  const problem = describeOffline(record);
  const now = problem === undefined ? '' : ` ${problem}.`;
  throw new RosError('TOPIC_UNKNOWN', `${device.id} sends no topic ${wanted}. ${help}${now}`, {
    details: { topic: wanted },
  });
}

/** ROS names from outside of a node are global. */
export const absolute = (name: string): string => (name.startsWith('/') ? name : `/${name}`);
