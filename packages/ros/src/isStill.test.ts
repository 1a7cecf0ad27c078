import { expect, test } from 'vitest';
import { isStill } from './isStill.ts';

test('zeros stand still, whatever the header says', () => {
  const header = { stamp: { sec: 5, nsec: 1 }, frame_id: 'base' };
  expect(isStill('geometry_msgs/TwistStamped', { header, twist: { linear: { x: 0, y: -0 } } })).toBe(true);
  expect(isStill('geometry_msgs/TwistStamped', { header, twist: { linear: { x: 1e-300, y: 0 } } })).toBe(false);
  expect(isStill('geometry_msgs/Twist', { linear: { x: Number.NaN } })).toBe(false);
});

test('of other types all must be zero or empty', () => {
  expect(isStill('a/B', { on: false, name: '', list: [], bytes: Uint8Array.of(0, 0), big: 0n })).toBe(true);
  for (const value of [{ on: true }, { name: 'go' }, { list: [0] }, { bytes: Uint8Array.of(0, 1) }, { big: 1n }]) {
    expect(isStill('a/B', value)).toBe(false);
  }
});

test('a trajectory stands still without points; one point of zeros is a place to drive to', () => {
  expect(isStill('trajectory_msgs/JointTrajectory', { joint_names: ['a'], points: [] })).toBe(true);
  expect(isStill('trajectory_msgs/JointTrajectory', { joint_names: ['a'], points: [{ positions: [0] }] })).toBe(false);
});

test('what was parsed from JSON is judged alike: a missing field is zero, and null is NaN', () => {
  expect(isStill('geometry_msgs/Twist', {})).toBe(true);
  expect(isStill('geometry_msgs/Twist', { linear: { x: 0 }, angular: {} })).toBe(true);
  expect(isStill('geometry_msgs/Twist', { linear: { x: null } })).toBe(false);
  expect(isStill('trajectory_msgs/JointTrajectory', {})).toBe(true);
});
