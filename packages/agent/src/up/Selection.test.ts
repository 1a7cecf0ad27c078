import { describe, expect, test } from 'vitest';
import { parseAgentConfig } from '../config/parseAgentConfig.ts';
import type { AgentConfigInput } from '../config/AgentConfig.ts';
import type { ChannelPlan } from './ChannelPlan.ts';
import { Selection } from './Selection.ts';

const plan = (topics: AgentConfigInput['topics'], topic: string, type?: string): ChannelPlan | undefined =>
  new Selection(parseAgentConfig({ topics }).topics).plan(topic, type);

/** How a topic travels, in short: `state queue 1000`. */
const short = (topics: AgentConfigInput['topics'], topic: string, type?: string): string | undefined => {
  const found = plan(topics, topic, type);
  return found && [found.lane, found.delivery, found.maxAgeMs].filter((part) => part !== undefined).join(' ');
};

describe('without rules everything is sent, each type as it is used', () => {
  test.each([
    ['/camera/image_raw', 'sensor_msgs/Image', 'bulk latest'],
    ['/camera/image_raw/compressed', 'sensor_msgs/msg/CompressedImage', 'bulk latest'],
    ['/points', 'sensor_msgs/PointCloud2', 'bulk latest'],
    ['/map', 'nav_msgs/msg/OccupancyGrid', 'bulk latest'],
    ['/map_updates', 'map_msgs/OccupancyGridUpdate', 'bulk queue'],
    ['/odom', 'nav_msgs/Odometry', 'state latest'],
    ['/turtle1/pose', 'turtlesim/Pose', 'state latest'],
    ['/turtle1/pose', 'turtlesim/msg/Pose', 'state latest'],
    ['/joint_states', 'sensor_msgs/msg/JointState', 'state latest'],
    ['/battery', 'sensor_msgs/BatteryState', 'state latest'],
    ['/diagnostics', 'diagnostic_msgs/DiagnosticArray', 'state queue 10000'],
    ['/tf', 'tf2_msgs/TFMessage', 'state queue 1000'],
    ['/tf', 'tf2_msgs/msg/TFMessage', 'state queue 1000'],
    ['/tf_static', 'tf2_msgs/TFMessage', 'state queue'],
    ['/robot1/tf_static', undefined, 'state queue'],
    ['/rosout', 'rosgraph_msgs/Log', 'telemetry queue'],
    ['/scan', 'sensor_msgs/LaserScan', 'telemetry latest'],
    ['/imu', 'sensor_msgs/Imu', 'telemetry latest'],
    ['/note', 'my_robot/Note', 'telemetry latest'],
    ['/odd', 'no type at all', 'telemetry latest'],
    ['/odom', undefined, 'telemetry latest'],
  ])('%s of %s: %s', (topic, type, expected) => {
    expect(short(undefined, topic, type)).toBe(expected);
    expect(plan(undefined, topic, type)).toMatchObject({ rateHz: undefined, demand: 'always' });
  });
});

test('what a rule leaves open follows from the type', () => {
  const topics: AgentConfigInput['topics'] = [{ match: '/**', rateHz: 5, demand: 'watched' }];
  expect(plan(topics, '/camera', 'sensor_msgs/Image')).toEqual({
    lane: 'bulk',
    delivery: 'latest',
    maxAgeMs: undefined,
    rateHz: 5,
    demand: 'watched',
  });
  expect(short([{ match: '/**', lane: 'bulk' }], '/tf', 'tf2_msgs/TFMessage')).toBe('bulk queue 1000');
  expect(short([{ match: '/**', maxAgeMs: 200 }], '/tf', 'tf2_msgs/TFMessage')).toBe('state queue 200');
  expect(short([{ match: '/**', delivery: 'latest' }], '/tf', 'tf2_msgs/TFMessage')).toBe('state latest');
});

test('an age bound makes a queue', () => {
  expect(short([{ match: '/**', maxAgeMs: 500 }], '/odom', 'nav_msgs/Odometry')).toBe('state queue 500');
});

test('a rule for types matches either spelling, and the first rule that matches topic and type decides', () => {
  const topics: AgentConfigInput['topics'] = [
    { match: '/camera/**', type: 'sensor_msgs/*Image', rateHz: 2 },
    { match: '/**', type: 'sensor_msgs/msg/PointCloud2', send: false },
    { match: '/camera/**', lane: 'state' },
    { match: '/**', type: '{nav_msgs,nav2_msgs}/*' },
  ];
  expect(plan(topics, '/camera/a', 'sensor_msgs/Image')).toMatchObject({ rateHz: 2, lane: 'bulk' });
  expect(plan(topics, '/camera/a', 'sensor_msgs/msg/CompressedImage')).toMatchObject({ rateHz: 2 });
  expect(plan(topics, '/camera/points', 'sensor_msgs/PointCloud2')).toBeUndefined();
  expect(plan(topics, '/camera/note', 'std_msgs/String')).toMatchObject({ lane: 'state' });
  expect(plan(topics, '/odom', 'nav_msgs/Odometry')).toMatchObject({ lane: 'state' });
  expect(plan(topics, '/note', 'std_msgs/String')).toBeUndefined();
});

test('a topic of a type unknown as yet waits for it where only rules for types would send it', () => {
  const topics: AgentConfigInput['topics'] = [{ match: '/**', type: 'nav_msgs/*' }];
  expect(plan(topics, '/odom', undefined)).toBeUndefined();
  expect(plan(topics, '/odom', 'nav_msgs/Odometry')).toBeDefined();
});
