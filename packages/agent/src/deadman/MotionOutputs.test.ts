import { isStoppedByZeros } from '@longline/ros';
import { expect, test } from 'vitest';
import { motionSchema } from '../config/motionSchema.ts';
import { MotionOutputs } from './MotionOutputs.ts';

const outputs = new MotionOutputs(
  motionSchema.parse({
    outputs: [
      { topic: '/arm/goal', timeoutMs: 1_000 },
      { topic: '/arm/**', timeoutMs: 2_000 },
      { service: '/go', stop: [{ call: '/halt' }] },
      { parameter: '/driver/max_*' },
    ],
  }),
  ['/cmd_vel', '/arm/**'],
);

test('velocity, steering and trajectory types move the robot, in the spelling of either ROS', () => {
  for (const type of [
    'geometry_msgs/Twist',
    'geometry_msgs/msg/TwistStamped',
    'ackermann_msgs/AckermannDriveStamped',
    'trajectory_msgs/msg/JointTrajectory',
  ]) {
    expect(outputs.find('topic', '/any', type)).toMatchObject({ timeoutMs: 500 });
  }
  for (const type of ['std_msgs/String', 'geometry_msgs/TwistWithCovariance', 'my_msgs/NotTwist', '', undefined]) {
    expect(outputs.find('topic', '/any', type)).toBeUndefined();
  }
});

test('types move nothing where the config says so', () => {
  const none = new MotionOutputs(motionSchema.parse({ byType: false }), []);
  expect(none.find('topic', '/cmd_vel', 'geometry_msgs/Twist')).toBeUndefined();
});

test('the first entry of the config that matches kind and name counts', () => {
  expect(outputs.find('topic', '/arm/goal', 'std_msgs/String')?.timeoutMs).toBe(1_000);
  expect(outputs.find('topic', '/arm/other')?.timeoutMs).toBe(2_000);
  expect(outputs.find('service', '/arm/goal')).toBeUndefined();
  expect(outputs.find('service', '/go')?.stop).toEqual([{ call: '/halt', request: {} }]);
  expect(outputs.find('parameter', '/driver:max_speed')).toBeDefined();
  expect(outputs.find('parameter', '/driver/max_speed')).toBeDefined();
});

test('names without stars are outputs from the start', () => {
  expect(outputs.named).toEqual([
    { kind: 'topic', name: '/arm/goal' },
    { kind: 'service', name: '/go' },
  ]);
});

test('a stop of all covers what the config names, and by type only what may be published on from outside', () => {
  expect(outputs.covers('/arm/other', 'std_msgs/String')).toBe(true);
  expect(outputs.covers('/cmd_vel', 'geometry_msgs/Twist')).toBe(true);
  expect(outputs.covers('/odometry/velocity', 'geometry_msgs/TwistStamped')).toBe(false);
});

test('zeros stop velocities, and a trajectory without points the last one', () => {
  expect(isStoppedByZeros('geometry_msgs/msg/Twist')).toBe(true);
  expect(isStoppedByZeros('ackermann_msgs/AckermannDrive')).toBe(true);
  expect(isStoppedByZeros('trajectory_msgs/JointTrajectory')).toBe(true);
  expect(isStoppedByZeros('std_msgs/String')).toBe(false);
});
