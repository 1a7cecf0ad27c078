import { codecFor, Message } from '@longline/ros';
import type { Channel, MessageParts, RosValue, Schema } from '@longline/ros';
import { expect, test } from 'vitest';
import { LatchedBytes } from './LatchedBytes.ts';
import { isLatched, LatchedMessage } from './LatchedMessage.ts';

const transforms: Schema = {
  name: 'tf2_msgs/msg/TFMessage',
  encoding: 'ros2msg',
  text: `test/msg/Transform[] transforms\n${'='.repeat(80)}\nMSG: test/msg/Transform\nstring child_frame_id\nfloat64 x\n`,
};
const text: Schema = { name: 'std_msgs/String', encoding: 'ros1msg', text: 'string data\n' };
const channelOf = (schema: Schema, topic = '/t'): Channel => ({
  topic,
  schema,
  encoding: schema.encoding === 'ros2msg' ? 'cdr' : 'ros1',
  latched: true,
});
const tfStatic = channelOf(transforms, '/robot1/tf_static');
let sequence = 0;
const partsOf = (data: Uint8Array): MessageParts => ({ sequence: sequence++, logTime: 1n, publishTime: 1n, data });
const transformsOf = (x: number, ...frames: string[]): MessageParts =>
  partsOf(codecFor(transforms, 'cdr').encode({ transforms: frames.map((child_frame_id) => ({ child_frame_id, x })) }));
const read = (parts: MessageParts | undefined): RosValue | undefined =>
  parts && new Message(tfStatic, parts).value['transforms'];

test('static transforms of several publishers travel in one message, of each frame the newest', () => {
  const latched = new LatchedMessage(new LatchedBytes());
  const lidar = transformsOf(1, 'lidar');
  expect(latched.take(tfStatic, lidar)).toBe(lidar);
  const both = latched.take(tfStatic, transformsOf(2, 'left', 'right'));
  expect(read(both)).toEqual([
    { child_frame_id: 'lidar', x: 1 },
    { child_frame_id: 'left', x: 2 },
    { child_frame_id: 'right', x: 2 },
  ]);
  const again = transformsOf(3, 'lidar');
  expect(latched.take(tfStatic, again)).toMatchObject({ sequence: again.sequence });
  expect(read(latched.kept)).toEqual([
    { child_frame_id: 'left', x: 2 },
    { child_frame_id: 'right', x: 2 },
    { child_frame_id: 'lidar', x: 3 },
  ]);
  const whole = transformsOf(4, 'left', 'right', 'lidar');
  expect(latched.take(tfStatic, whole)).toBe(whole);
  latched.clear();
  const first = transformsOf(5, 'camera');
  expect(latched.take(tfStatic, first)).toBe(first);
});

test('transforms that move, other types, and what cannot be read pass as they are', () => {
  const latched = new LatchedMessage(new LatchedBytes());
  const broken = partsOf(new Uint8Array(3));
  expect(latched.take(tfStatic, broken)).toBe(broken);
  latched.take(channelOf(transforms, '/tf'), transformsOf(1, 'base'));
  const moving = transformsOf(2, 'wheel');
  expect(latched.take(channelOf(transforms, '/tf'), moving)).toBe(moving);
  const note = partsOf(new Uint8Array(5));
  expect(latched.take(channelOf(text, '/tf_static'), note)).toBe(note);
});

test('the last message is kept, and forgotten with its memory', () => {
  const budget = new LatchedBytes();
  const latched = new LatchedMessage(budget);
  latched.take(channelOf(text), partsOf(new Uint8Array(10)));
  latched.take(channelOf(text), partsOf(new Uint8Array(20)));
  expect(latched.kept?.data.length).toBe(20);
  expect(budget.usedBytes).toBe(20);
  latched.clear();
  expect(budget.usedBytes).toBe(0);
});

test('what there is no room for is sent and not kept, and what it replaces is not passed off as the last', () => {
  const budget = new LatchedBytes(100);
  const map = new LatchedMessage(budget);
  const other = new LatchedMessage(budget);
  other.take(channelOf(text), partsOf(new Uint8Array(40)));
  map.take(channelOf(text), partsOf(new Uint8Array(50)));
  expect(map.take(channelOf(text), partsOf(new Uint8Array(70))).data.length).toBe(70);
  expect(map.kept).toBeUndefined();
  expect(other.kept).toBeDefined();
  expect(budget.usedBytes).toBe(40);
});

test('a flood of frames is bounded', () => {
  const latched = new LatchedMessage(new LatchedBytes());
  for (let frame = 0; frame < 1_500; frame++) latched.take(tfStatic, transformsOf(frame, `f${frame}`));
  expect(read(latched.kept)).toHaveLength(1_000);
});

test('what is published once by its name is latched, whatever the bridge says', () => {
  const plain = { ...channelOf(text), latched: false };
  expect(isLatched(channelOf(text))).toBe(true);
  expect(isLatched({ ...plain, topic: '/robot1/tf_static' })).toBe(true);
  expect(isLatched({ ...plain, topic: '/robot_description' })).toBe(true);
  expect(isLatched({ ...plain, topic: '/heatmap' })).toBe(false);
});
