import { expect, test } from 'vitest';
import { codecFor } from './codecFor.ts';
import { ros1Schema, ros2Schema } from './fixtures.ts';
import type { Channel } from './Schema.ts';
import { sourceStamp } from './sourceStamp.ts';

const ros1 = (type: string): Channel => ({ topic: '/t', schema: ros1Schema(type), encoding: 'ros1', latched: false });
const ros2 = (type: string): Channel => ({ topic: '/t', schema: ros2Schema(type), encoding: 'cdr', latched: false });
const encode = (channel: Channel, value: unknown) => codecFor(channel.schema, channel.encoding).encode(value);
const stamped = { header: { stamp: { sec: 1_800_000_000, nsec: 123_456_789 }, frame_id: 'x' } };

test.each([ros1('nav_msgs/Odometry'), ros2('nav_msgs/Odometry'), ros1('rosgraph_msgs/Log')])(
  'the stamp of a header that comes first is read in $encoding',
  (channel) => {
    expect(sourceStamp(channel, encode(channel, stamped))).toBe(1_800_000_000_123_456_789n);
  },
);

test('the stamp of big-endian CDR is read', () => {
  const data = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 3);
  expect(sourceStamp(ros2('nav_msgs/Odometry'), data)).toBe(2_000_000_003n);
});

test('a zero stamp is no stamp', () => {
  const channel = ros1('nav_msgs/Odometry');
  expect(sourceStamp(channel, encode(channel, {}))).toBeUndefined();
});

test.each([ros1('geometry_msgs/Twist'), ros2('tf2_msgs/TFMessage'), ros1('std_msgs/Empty')])(
  'a $schema.name has no stamp',
  (channel) => {
    expect(sourceStamp(channel, new Uint8Array(64).fill(1))).toBeUndefined();
  },
);

test('truncated data and unreadable definitions give no stamp', () => {
  expect(sourceStamp(ros1('nav_msgs/Odometry'), new Uint8Array(11).fill(1))).toBeUndefined();
  const broken: Channel = { ...ros1('nav_msgs/Odometry'), schema: { name: '?', encoding: 'ros1msg', text: '???' } };
  expect(sourceStamp(broken, new Uint8Array(64).fill(1))).toBeUndefined();
});
