import { structLayout } from '@longline/ros';
import type { StructLayout } from '@longline/ros';
import { describe, expect, test } from 'vitest';
import { fillMessage } from './fillMessage.ts';

const layout = (text: string): StructLayout => structLayout({ name: 'a/B', encoding: 'ros1msg', text });
const twist = layout(`V linear\nV angular\n${'='.repeat(80)}\nMSG: a/V\nfloat64 x\nfloat64 y\nfloat64 z`);

describe('takes what rostopic pub takes', () => {
  test.each<[string, StructLayout, unknown[], unknown]>([
    ['nothing: the message of zeros', twist, [], {}],
    ['a map', twist, [{ linear: { x: 1 } }], { linear: { x: 1 } }],
    [
      'lists, one per field',
      twist,
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      { linear: { x: 1, y: 2, z: 3 }, angular: { x: 4, y: 5, z: 6 } },
    ],
    ['a list within a map', twist, [{ linear: [1, 2, 3] }], { linear: { x: 1, y: 2, z: 3 } }],
    ['one list of all', twist, [[[1, 2, 3], {}]], { linear: { x: 1, y: 2, z: 3 }, angular: {} }],
    ['one value', layout('string data'), ['hello'], { data: 'hello' }],
    ['an empty string', layout('string data'), [null], { data: '' }],
    ['one array', layout('int32[] data'), [[1n, 2n]], { data: [1n, 2n] }],
    ['a time', layout('time data'), [[1n, 2n]], { data: { sec: 1n, nsec: 2n } }],
    ['null for a message without fields', layout(''), [null], {}],
  ])('%s', (_name, struct, args, message) => {
    expect(fillMessage(struct, args)).toEqual(message);
  });
});

test('too few values are refused with the names of the fields', () => {
  expect(() => fillMessage(twist, [[1, 2, 3]])).toThrow('a/B takes 2 values (linear, angular)');
  expect(() => fillMessage(twist, [[1, 2], {}])).toThrow('a/V takes 3 values (x, y, z); 2 came');
});
