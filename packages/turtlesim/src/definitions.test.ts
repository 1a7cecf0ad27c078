import { md5Of, md5OfService } from '@longline/ros';
import { expect, test } from 'vitest';
import { messageDefinition, serviceDefinition } from './definitions.ts';

test.each([
  ['turtlesim/Pose', '863b248d5016ca62ea2e895ae5265cf9'],
  ['turtlesim/Color', '353891e354491c51aabe32df673fb446'],
  ['geometry_msgs/Twist', '9f195f881246fdfa2798d1d3eebca84a'],
  ['rosgraph_msgs/Log', 'acffd30cd6b6de30f120938c17c593fb'],
])('%s has the MD5 sum that ROS gives it', (type, md5) => {
  expect(md5Of(messageDefinition(type))).toBe(md5);
});

test.each([
  ['std_srvs/Empty', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['std_srvs/SetBool', '09fb03525b03e7ea1fd3992bafd87e16'],
  ['std_srvs/Trigger', '937c9679a518e3a18d831e57125ea522'],
  ['roscpp/GetLoggers', '32e97e85527d4678a8f9279894bb64b0'],
  ['roscpp/SetLoggerLevel', '51da076440d78ca1684d36c868df61ea'],
  ['turtlesim/Spawn', '0b2d2e872a8e2887d5ed626f2bf2c561'],
  ['turtlesim/Kill', 'c1f3d28f1b044c871e6eff2e9fc3c667'],
  ['turtlesim/SetPen', '9f452acce566bf0c0954594f69a8e41b'],
  ['turtlesim/TeleportAbsolute', 'a130bc60ee6513855dc62ea83fcc5b20'],
  ['turtlesim/TeleportRelative', '9d5c2dcd348ac8f76ce2a4307bd63a13'],
])('%s has the MD5 sum that ROS gives it', (type, md5) => {
  expect(md5OfService(serviceDefinition(type))).toBe(md5);
});

test('a definition carries its dependencies after a line of 80 equals signs', () => {
  const { name, encoding, text } = messageDefinition('geometry_msgs/msg/Twist');
  expect({ name, encoding }).toEqual({ name: 'geometry_msgs/Twist', encoding: 'ros1msg' });
  expect(text).toMatch(/Vector3 {2}angular\n+={80}\nMSG: geometry_msgs\/Vector3\n# This represents/);
});

test('an unknown type is refused with the types that there are', () => {
  expect(() => messageDefinition('sensor_msgs/Image')).toThrow('turtlesim/Pose');
});
