import { describe, expect, test } from 'vitest';
import { codecFor } from './codecFor.ts';
import { ros1Schema, ros2Schema } from './fixtures.ts';
import type { Schema } from './Schema.ts';

const ros1 = (text: string): Schema => ({ name: 'p/T', encoding: 'ros1msg', text });
const twist = codecFor(ros1Schema('geometry_msgs/Twist'), 'ros1');
const all = codecFor(
  ros1(
    'int8 i8\nuint8 u8\nint32 i32\nint64 i64\nuint64 u64\nfloat32 f32\nfloat64 f64\nbool b\nstring s\n' +
      'time t\nuint8[] bytes\nfloat64[3] three\nint64[] longs\nstring[] words\nHeader h\nchar[2] cc\n' +
      `${'='.repeat(80)}\nMSG: std_msgs/Header\nuint32 seq\ntime stamp\nstring frame_id\n`,
  ),
  'ros1',
);

const refused = (words: string) =>
  expect.objectContaining({ code: 'MESSAGE_INVALID', message: expect.stringContaining(words) as string }) as Error;

test('the empty object is the message of zeros', () => {
  expect(all.fromPlain({})).toEqual({
    i8: 0,
    u8: 0,
    i32: 0,
    i64: 0n,
    u64: 0n,
    f32: 0,
    f64: 0,
    b: false,
    s: '',
    t: { sec: 0, nsec: 0 },
    bytes: new Uint8Array(0),
    three: new Float64Array(3),
    longs: new BigInt64Array(0),
    words: [],
    h: { seq: 0, stamp: { sec: 0, nsec: 0 }, frame_id: '' },
    cc: new Uint8Array(2),
  });
  expect(twist.encode({})).toEqual(new Uint8Array(48));
});

describe('a misspelt field is refused, and the known ones are named', () => {
  test.each([
    [{ linaer: { x: 1 } }, 'no field "linaer". The fields of geometry_msgs/Twist are: linear, angular'],
    [{ linear: { X: 1 } }, 'no field "linear.X". The fields of geometry_msgs/Vector3 are: x, y, z'],
    [JSON.parse('{"__proto__":{"x":1}}') as unknown, '__proto__'],
  ])('%j', (value, words) => {
    expect(() => twist.encode(value)).toThrow(refused(words));
  });
});

test.each<[unknown, string]>([
  [{ linear: { x: '1' } }, 'linear.x must be a float64'],
  [{ linear: { x: undefined } }, 'linear.x must be a float64'],
  [{ linear: null }, 'linear must be an object with fields of geometry_msgs/Vector3, got null'],
  [{ linear: [1, 0, 0] }, 'linear must be an object'],
  [null, 'the message must be an object'],
  ['text', 'the message must be an object'],
])('a Twist of %j is refused', (value, words) => {
  expect(() => twist.encode(value)).toThrow(refused(words));
});

test.each<[Record<string, unknown>, string]>([
  [{ i8: 128 }, 'i8 must be an integer of int8, -128 to 127'],
  [{ u8: -1 }, 'u8 must be an integer of uint8, 0 to 255'],
  [{ i32: 1.5 }, 'i32'],
  [{ i32: Number.NaN }, 'i32'],
  [{ i32: null }, 'i32'],
  [{ i32: '5' }, 'i32'],
  [{ i32: true }, 'i32'],
  [{ i64: 2 ** 53 }, 'i64'],
  [{ i64: '9223372036854775808' }, 'i64'],
  [{ i64: '0x10' }, 'i64'],
  [{ u64: -1n }, 'u64'],
  [{ f32: 1e39 }, 'f32'],
  [{ f64: '1.5' }, 'f64'],
  [{ f64: true }, 'f64'],
  [{ b: 1 }, 'b must be true or false, got 1'],
  [{ s: 5 }, 's must be a string'],
  [{ s: '\ud800' }, 'surrogates'],
  [{ t: 5 }, 't must be a time'],
  [{ t: { sec: 1, secs: 1 } }, 't must be a time'],
  [{ t: { sec: -1 } }, 't.sec'],
  [{ t: { sec: 1, ns: 1 } }, 'the key "ns"'],
  [{ bytes: 'no base64!' }, 'bytes must be base64'],
  [{ bytes: [256] }, 'bytes[0]'],
  [{ bytes: 5 }, 'bytes must be an array'],
  [{ three: [1, 2] }, 'three must be exactly 3 elements, got 2 elements'],
  [{ three: 'AAAA' }, 'three must be an array'],
  [{ longs: [1n, 1.5] }, 'longs[1]'],
  [{ words: ['a', 5] }, 'words[1] must be a string, got 5'],
  [{ h: { stamp: { secs: 1.5 } } }, 'h.stamp.secs'],
  [{ cc: 'AAAA' }, 'exactly 2'],
])('%o is refused', (value, words) => {
  expect(() => all.encode(value)).toThrow(refused(words));
});

test.each<[Record<string, unknown>, Record<string, unknown>]>([
  [{ i8: -128n }, { i8: -128 }],
  [{ i32: -0 }, { i32: 0 }],
  [{ i64: '-9223372036854775808' }, { i64: -9223372036854775808n }],
  [{ u64: 18446744073709551615n }, { u64: 18446744073709551615n }],
  [{ i64: 5 }, { i64: 5n }],
  [{ f64: null }, { f64: Number.NaN }],
  [{ f64: '-Infinity' }, { f64: Number.NEGATIVE_INFINITY }],
  [{ f64: -0 }, { f64: -0 }],
  [{ f64: 9007199254740992n }, { f64: 9007199254740992 }],
  [{ f32: 0.1 }, { f32: Math.fround(0.1) }],
  [{ t: { secs: 1, nsecs: 2 } }, { t: { sec: 1, nsec: 2 } }],
  [{ t: { sec: 1, nanosec: 2 } }, { t: { sec: 1, nsec: 2 } }],
  [{ t: { sec: 1 } }, { t: { sec: 1, nsec: 0 } }],
  [{ bytes: 'AQID' }, { bytes: Uint8Array.of(1, 2, 3) }],
  [{ bytes: 'AQ==' }, { bytes: Uint8Array.of(1) }],
  [{ bytes: Buffer.from([1, 2]) }, { bytes: Uint8Array.of(1, 2) }],
  [{ bytes: [1, 2] }, { bytes: Uint8Array.of(1, 2) }],
  [{ three: Float32Array.of(1, 2, 3) }, { three: Float64Array.of(1, 2, 3) }],
  [{ three: ['NaN', 1, null] }, { three: Float64Array.of(Number.NaN, 1, Number.NaN) }],
  [{ longs: [1, '2', 3n] }, { longs: BigInt64Array.of(1n, 2n, 3n) }],
])('%o is accepted', (value, expected) => {
  const codec = all;
  expect(codec.decode(codec.encode(value))).toEqual(codec.decode(codec.encode(expected)));
  expect(codec.decode(codec.encode(value))).toMatchObject(expected);
});

test('fields named like members of Object take their defaults too', () => {
  const codec = codecFor(ros1('int32 constructor\nstring toString\n'), 'ros1');
  expect(codec.decode(codec.encode({}))).toEqual({ constructor: 0, toString: '' });
});

test('ROS 2 messages accept the ROS 1 spelling of times', () => {
  const codec = codecFor(ros2Schema('std_msgs/msg/Header'), 'cdr');
  expect(codec.fromPlain({ stamp: { secs: 3, nsecs: 4 } })).toEqual({ stamp: { sec: 3, nsec: 4 }, frame_id: '' });
});
