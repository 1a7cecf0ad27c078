import { expect, test } from 'vitest';
import { typedefText } from './typedefText.ts';

test('a ROS 1 type is described with its dependencies once each, and time stays built in', () => {
  const header = {
    type: 'std_msgs/Header',
    fieldnames: ['seq', 'stamp'],
    fieldtypes: ['uint32', 'time'],
    fieldarraylen: [-1, -1],
  };
  const time = { type: 'time', fieldnames: ['secs', 'nsecs'], fieldtypes: ['int32', 'int32'], fieldarraylen: [-1, -1] };
  const root = {
    type: 'p/T',
    fieldnames: ['header', 'k', 'all'],
    fieldtypes: ['std_msgs/Header', 'float64', 'p/U'],
    fieldarraylen: [-1, 9, 0],
  };
  const empty = { type: 'p/U', fieldnames: [], fieldtypes: [], fieldarraylen: [] };
  expect(typedefText([root, header, time, empty, header], 'ros1msg')).toBe(
    [
      'std_msgs/Header header',
      'float64[9] k',
      'p/U[] all',
      '='.repeat(80),
      'MSG: std_msgs/Header',
      'uint32 seq',
      'time stamp',
      '='.repeat(80),
      'MSG: p/U',
      '',
    ].join('\n'),
  );
});

test('the names of ROS 2 interface definitions become those of messages', () => {
  const fieldtypes = ['boolean', 'octet', 'float', 'double', 'string<10>', 'uint8, 16'];
  const fieldnames = fieldtypes.map((_, index) => `_f${index}`);
  const text = typedefText([{ type: 'p/T', fieldnames, fieldtypes, fieldarraylen: [-1, 0, 3, -1, -1, 0] }], 'ros2msg');
  expect(text).toBe('bool f0\nbyte[] f1\nfloat32[3] f2\nfloat64 f3\nstring<=10 f4\nuint8[<=16] f5\n');
});
