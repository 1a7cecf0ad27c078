import { describe, expect, test } from 'vitest';
import { findRos1Text, ros1Schema, ros2Schema, serviceTexts } from './fixtures.ts';
import { md5Of, md5OfService } from './md5.ts';
import { serviceSchema } from './serviceSchema.ts';

describe('md5Of', () => {
  test.each([
    ['std_msgs/String', '992ce8a1687cec8c8bd883ec73ca41d1'],
    ['std_msgs/Empty', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['std_msgs/Header', '2176decaecbce78abc3b96ef049fabed'],
    ['geometry_msgs/Twist', '9f195f881246fdfa2798d1d3eebca84a'],
    ['nav_msgs/Odometry', 'cd5e73d190d741a2f92e81eda573aca7'],
    ['sensor_msgs/LaserScan', '90c7ef2dc6895d81024acba2ac42f369'],
    ['tf2_msgs/TFMessage', '94810edda583a504dfda3829e70d7eec'],
    ['rosgraph_msgs/Log', 'acffd30cd6b6de30f120938c17c593fb'],
    ['turtlesim/Pose', '863b248d5016ca62ea2e895ae5265cf9'],
  ])('gives %s the sum that rosmsg prints', (type, sum) => {
    expect(md5Of(ros1Schema(type))).toBe(sum);
  });

  test('keeps everything to the right of = in a string constant, and counts constants first', () => {
    const text = 'int32 a\nstring NOTE= has a # inside \nuint8 X = 3 # comment\n';
    // md5 of "string NOTE=has a # inside\nuint8 X=3\nint32 a"
    expect(md5Of({ name: 'p/T', encoding: 'ros1msg', text })).toBe('f9a4d8d36b0ea755143dda98876f9ed0');
  });

  test('refuses ROS 2 definitions', () => {
    expect(() => md5Of(ros2Schema('std_msgs/String'))).toThrow(expect.objectContaining({ code: 'NOT_SUPPORTED' }));
  });

  test('refuses types that contain themselves', () => {
    expect(() => md5Of({ name: 'p/T', encoding: 'ros1msg', text: 'T[] children\n' })).toThrow(
      expect.objectContaining({ code: 'DEFINITION_INVALID' }),
    );
  });
});

describe('md5OfService', () => {
  test.each([
    ['std_srvs/SetBool', '09fb03525b03e7ea1fd3992bafd87e16'],
    ['std_srvs/Trigger', '937c9679a518e3a18d831e57125ea522'],
    ['std_srvs/Empty', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['turtlesim/TeleportAbsolute', 'a130bc60ee6513855dc62ea83fcc5b20'],
  ])('gives %s the sum that rossrv prints', (type, sum) => {
    expect(md5OfService(serviceSchema(type, serviceTexts[type]!, 'ros1msg', findRos1Text))).toBe(sum);
  });
});
