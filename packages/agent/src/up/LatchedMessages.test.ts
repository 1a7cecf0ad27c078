import { codecFor } from '@longline/ros';
import type { Channel, MessageParts, Schema } from '@longline/ros';
import { expect, test } from 'vitest';
import { LatchedBytes } from './LatchedBytes.ts';
import { isLatched, LatchedMessages } from './LatchedMessages.ts';

const transforms: Schema = {
  name: 'tf2_msgs/msg/TFMessage',
  encoding: 'ros2msg',
  text: `test/msg/Transform[] transforms\n${'='.repeat(80)}\nMSG: test/msg/Transform\nstring child_frame_id\nint32 x\n`,
};
const text: Schema = { name: 'std_msgs/String', encoding: 'ros1msg', text: 'string data\n' };
const channelOf = (schema: Schema, topic = '/t'): Channel => ({
  topic,
  schema,
  encoding: schema.encoding === 'ros2msg' ? 'cdr' : 'ros1',
  latched: true,
});
let sequence = 0;
const partsOf = (data: Uint8Array): MessageParts => ({ sequence: sequence++, logTime: 1n, publishTime: 1n, data });
const transformsOf = (...frames: string[]): MessageParts =>
  partsOf(
    codecFor(transforms, 'cdr').encode({ transforms: frames.map((child_frame_id, x) => ({ child_frame_id, x })) }),
  );

test('of transforms the last message of each set of frames is kept, in the order in which they came', () => {
  const kept = new LatchedMessages(new LatchedBytes());
  const channel = channelOf(transforms);
  const [lidar, arms, camera, lidarAgain] = [
    transformsOf('lidar'),
    transformsOf('left', 'right'),
    transformsOf('camera'),
    transformsOf('lidar'),
  ];
  for (const parts of [lidar, arms, camera, lidarAgain]) kept.keep(channel, parts);
  expect(kept.list()).toEqual([arms, camera, lidarAgain]);
});

test('of any other type, and of what cannot be read, the last message of the topic is kept', () => {
  const budget = new LatchedBytes();
  const kept = new LatchedMessages(budget);
  kept.keep(channelOf(text), partsOf(new Uint8Array(10)));
  kept.keep(channelOf(text), partsOf(new Uint8Array(20)));
  kept.keep(channelOf(transforms), partsOf(new Uint8Array(3)));
  expect(kept.list().map(({ data }) => data.length)).toEqual([3]);
  expect(budget.usedBytes).toBe(3);
  kept.clear();
  expect(budget.usedBytes).toBe(0);
});

test('what there is no room for is not kept, and what it replaces is not passed off as the last', () => {
  const budget = new LatchedBytes(100);
  const map = new LatchedMessages(budget);
  const other = new LatchedMessages(budget);
  other.keep(channelOf(text), partsOf(new Uint8Array(40)));
  map.keep(channelOf(text), partsOf(new Uint8Array(50)));
  map.keep(channelOf(text), partsOf(new Uint8Array(70)));
  expect(map.size).toBe(0);
  expect(other.size).toBe(1);
  expect(budget.usedBytes).toBe(40);
});

test('a flood of frames is bounded', () => {
  const kept = new LatchedMessages(new LatchedBytes());
  for (let frame = 0; frame < 1_500; frame++) kept.keep(channelOf(transforms), transformsOf(`f${frame}`));
  expect(kept.size).toBe(1_001);
});

test('what is published once by its name is latched, whatever the bridge says', () => {
  const plain = { ...channelOf(text), latched: false };
  expect(isLatched(channelOf(text))).toBe(true);
  expect(isLatched({ ...plain, topic: '/robot1/tf_static' })).toBe(true);
  expect(isLatched({ ...plain, topic: '/robot_description' })).toBe(true);
  expect(isLatched({ ...plain, topic: '/heatmap' })).toBe(false);
});
