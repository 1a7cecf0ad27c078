import { expect, it } from 'vitest';
import { decodeConnectionHeader, encodeConnectionHeader, MAX_HEADER_FIELDS } from './connectionHeader.ts';

/** wiki.ros.org/ROS/Connection Header: the lengths are little-endian, and the first counts everything after it. */
const literal = Uint8Array.from([
  ...[0x19, 0, 0, 0], // 25 bytes follow
  ...[0x08, 0, 0, 0], // a field of 8 bytes
  ...Buffer.from('topic=/a'),
  ...[0x09, 0, 0, 0], // a field of 9 bytes
  ...Buffer.from('md5sum=*='), // a value may have a "=" too
]);

it('headers are written and read as the wiki has them', () => {
  const fields = new Map([
    ['topic', '/a'],
    ['md5sum', '*='],
  ]);
  expect(new Uint8Array(encodeConnectionHeader(fields))).toEqual(literal);
  expect(decodeConnectionHeader(literal.subarray(4))).toEqual(fields);
});

it('an empty header is one without fields', () => {
  expect(decodeConnectionHeader(new Uint8Array(0))).toEqual(new Map());
});

it.each([
  ['cut inside a length', literal.subarray(4, 6)],
  ['cut inside a field', literal.subarray(4, 15)],
  ['a length of 4 GiB', Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0x41])],
  ['a field without "="', Uint8Array.from([1, 0, 0, 0, 0x41])],
  ['a field without a name', Uint8Array.from([2, 0, 0, 0, 0x3d, 0x41])],
])('%s is a RangeError', (_what, bytes) => {
  expect(() => decodeConnectionHeader(bytes)).toThrow(RangeError);
});

it('more fields than the bound are a RangeError', () => {
  const many = Array.from({ length: MAX_HEADER_FIELDS + 1 }, (_, i) => [`f${i}`, ''] as const);
  expect(() => decodeConnectionHeader(encodeConnectionHeader(many).subarray(4))).toThrow(RangeError);
});
