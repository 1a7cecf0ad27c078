import { expect, test } from 'vitest';
import { checkTopicName } from './checkTopicName.ts';
import { parseTypeName, ros1TypeName, ros2TypeName, sameType } from './typeNames.ts';

test('both spellings are parsed into their parts', () => {
  expect(parseTypeName('geometry_msgs/Twist')).toEqual({ package: 'geometry_msgs', name: 'Twist', kind: undefined });
  expect(parseTypeName('std_srvs/srv/SetBool_Request')).toEqual({
    package: 'std_srvs',
    name: 'SetBool_Request',
    kind: 'srv',
  });
});

test('each spelling is made from the other, and from itself', () => {
  expect(ros1TypeName('geometry_msgs/msg/Twist')).toBe('geometry_msgs/Twist');
  expect(ros1TypeName('geometry_msgs/Twist')).toBe('geometry_msgs/Twist');
  expect(ros2TypeName('geometry_msgs/Twist')).toBe('geometry_msgs/msg/Twist');
  expect(ros2TypeName('std_srvs/SetBool', 'srv')).toBe('std_srvs/srv/SetBool');
  expect(ros2TypeName('std_srvs/srv/SetBool')).toBe('std_srvs/srv/SetBool');
});

test('types are the same across spellings, but not across kinds', () => {
  expect(sameType('a/B', 'a/msg/B')).toBe(true);
  expect(sameType('a/msg/B', 'a/srv/B')).toBe(false);
  expect(sameType('a/B', 'a/C')).toBe(false);
  expect(sameType('', '')).toBe(false);
});

test.each(['', 'Twist', 'a/b/c/D', '/a/B', 'a/msg/', 'a b/C', 'a/../B', `a/${'B'.repeat(300)}`])(
  'the type name "%s" is refused',
  (name) => {
    expect(() => parseTypeName(name)).toThrow(expect.objectContaining({ code: 'NAME_INVALID' }));
  },
);

test.each(['/cmd_vel', '/turtle1/pose', '/a/1/b', '/_hidden'])('the topic %s is accepted', (name) => {
  expect(checkTopicName(name)).toBe(name);
});

test.each(['', '/', 'cmd_vel', '/a//b', '/a/', '/a b', '/a\n', '~/a', `/${'a'.repeat(300)}`])(
  'the topic name "%s" is refused',
  (name) => {
    expect(() => checkTopicName(name)).toThrow(expect.objectContaining({ code: 'NAME_INVALID' }));
  },
);
