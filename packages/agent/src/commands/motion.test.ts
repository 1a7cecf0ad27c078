import { expect, test } from 'vitest';
import { isStoppedByZeros, motionTopics } from './motion.ts';

test('velocity, steering and trajectory types move the robot, in the spelling of either ROS', () => {
  const isMotion = motionTopics(['/arm/**']);
  for (const type of [
    'geometry_msgs/Twist',
    'geometry_msgs/msg/TwistStamped',
    'ackermann_msgs/AckermannDriveStamped',
    'trajectory_msgs/msg/JointTrajectory',
  ]) {
    expect(isMotion('/any', type)).toBe(true);
  }
  for (const type of ['std_msgs/String', 'geometry_msgs/TwistWithCovariance', 'my_msgs/NotTwist', '']) {
    expect(isMotion('/any', type)).toBe(false);
  }
  expect(isMotion('/arm/goal', 'std_msgs/String')).toBe(true);
});

test('zeros stop velocities, not trajectories', () => {
  expect(isStoppedByZeros('geometry_msgs/msg/Twist')).toBe(true);
  expect(isStoppedByZeros('ackermann_msgs/AckermannDrive')).toBe(true);
  expect(isStoppedByZeros('trajectory_msgs/JointTrajectory')).toBe(false);
});
