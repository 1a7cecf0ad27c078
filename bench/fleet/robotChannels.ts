import type { AdvertisedChannel } from '@longline/line';
import { ros1Schema } from '@longline/ros/fixtures';
import { nowMs } from './nowMs.ts';

/** The topic on which robots go on sending. */
export const sentTopic = '/tf';

/** What every robot of the bench advertises, and how many bytes a message of it usually has. */
const topics = [
  { topic: '/odom', type: 'nav_msgs/Odometry', lane: 'state', bytes: 724 },
  { topic: sentTopic, type: 'tf2_msgs/TFMessage', lane: 'state', bytes: 100 },
  { topic: '/cmd_vel', type: 'geometry_msgs/Twist', lane: 'state', bytes: 48 },
  { topic: '/mode', type: 'std_msgs/String', lane: 'telemetry', bytes: 24 },
  { topic: '/battery', type: 'std_msgs/Float64', lane: 'telemetry', bytes: 8 },
] as const;

export const robotChannels: readonly AdvertisedChannel[] = topics.map(({ topic, type, lane }, id) => ({
  id,
  topic,
  schema: ros1Schema(type),
  encoding: 'ros1',
  latched: false,
  lane,
  delivery: topic === sentTopic ? 'queue' : 'latest',
}));

/** The channel of {@link sentTopic}. */
export const sentChannel = topics.findIndex(({ topic }) => topic === sentTopic);

/** The bytes of a message of that channel; they begin with the time when it was made. */
export function makeData(channelId: number): Uint8Array {
  const data = new Uint8Array(topics[channelId]?.bytes ?? 0);
  new DataView(data.buffer).setFloat64(0, nowMs(), true);
  return data;
}

export const readStamp = (data: Uint8Array): number =>
  new DataView(data.buffer, data.byteOffset, 8).getFloat64(0, true);
