import { describe, expect, test } from 'vitest';
import { codecFor, MAX_CACHED_CODECS } from './codecFor.ts';
import { ros1Schema, ros2Schema } from './fixtures.ts';
import type { Encoding, Schema } from './Schema.ts';

/** Bytes from hex words; everything after a `|` up to the end of its line is a comment. */
function bytes(text: string): Uint8Array {
  const hex = text.replaceAll(/\|.*$/gm, '').replaceAll(/\s/g, '');
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

const ros1 = (text: string): Schema => ({ name: 'p/T', encoding: 'ros1msg', text });
const ros2 = (text: string): Schema => ({ name: 'p/msg/T', encoding: 'ros2msg', text });
const invalid = (words: string) =>
  expect.objectContaining({ code: 'MESSAGE_INVALID', message: expect.stringContaining(words) as string }) as Error;

describe('ROS 1 bytes', () => {
  const scanHeader = bytes(`
    07 00 00 00              | header.seq 7
    02 00 00 00 03 00 00 00  | header.stamp 2 s 3 ns
    05 00 00 00              | header.frame_id, 5 bytes
    6c 61 73 65 72           | laser
  `);
  const message = bytes(`
    ${hex(scanHeader)}
    00 00 80 bf              | angle_min -1
    00 00 80 3f              | angle_max 1
    00 00 00 3f              | angle_increment 0.5
    00 00 00 00 00 00 00 00  | time_increment, scan_time
    00 00 00 00 00 00 20 41  | range_min, range_max 10
    03 00 00 00              | 3 ranges
    00 00 c0 7f              | NaN
    00 00 80 7f              | Infinity
    00 00 c0 3f              | 1.5
    00 00 00 00              | no intensities
  `);
  const codec = codecFor(ros1Schema('sensor_msgs/LaserScan'), 'ros1');

  test('a LaserScan decodes field for field and encodes to the same bytes', () => {
    const value = codec.decode(message);
    expect(value).toMatchObject({
      header: { seq: 7, stamp: { sec: 2, nsec: 3 }, frame_id: 'laser' },
      angle_min: -1,
      angle_max: 1,
      angle_increment: 0.5,
      ranges: Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, 1.5),
      intensities: new Float32Array(0),
    });
    expect(codec.encode(value)).toEqual(message);
  });

  test('its JSON writes NaN and infinities as words, or as null where asked, and reads both back', () => {
    const value = codec.decode(message);
    const json = codec.toJson(value);
    expect(json).toContain('"stamp":{"secs":2,"nsecs":3}');
    expect(json).toContain('"ranges":["NaN","Infinity",1.5]');
    expect(codec.fromJson(json)).toEqual(value);
    expect(codec.toJson(value, { nonFinite: 'null' })).toContain('"ranges":[null,null,1.5]');
    expect(codec.fromJson('{"ranges":[null]}')['ranges']).toEqual(Float32Array.of(Number.NaN));
  });

  test('every truncation and every extension is refused', () => {
    for (let length = 0; length < message.length; length++) {
      expect(() => codec.decode(message.subarray(0, length)), `${length} bytes`).toThrow(invalid('LaserScan'));
      expect(() => codec.validate(message.subarray(0, length)), `${length} bytes`).toThrow(invalid('LaserScan'));
    }
    expect(() => codec.decode(bytes(`${hex(message)} 00`))).toThrow(invalid('1 are left over'));
    expect(() => codec.validate(bytes(`${hex(message)} 00`))).toThrow(invalid('1 are left over'));
  });

  test('decoded arrays are copies that do not keep or alias the frame', () => {
    const frame = message.slice();
    const value = codec.decode(frame);
    frame.fill(0);
    expect(value['ranges']).toEqual(Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, 1.5));
  });

  test('data that begins in the middle of a buffer decodes the same', () => {
    const shifted = new Uint8Array(message.length + 3);
    shifted.set(message, 3);
    expect(codec.decode(shifted.subarray(3))).toEqual(codec.decode(message));
  });

  test('char is unsigned, byte is signed, a duration is signed', () => {
    const value = codecFor(ros1('char c\nbyte b\nduration d\n'), 'ros1').decode(
      bytes('ff ff  ff ff ff ff  01 00 00 00'), // c, b, d.sec, d.nsec
    );
    expect(value).toEqual({ c: 255, b: -1, d: { sec: -1, nsec: 1 } });
  });

  test('any byte but 0 is a true bool, as C++ reads it', () => {
    expect(codecFor(ros1('bool[] b\n'), 'ros1').decode(bytes('03 00 00 00 00 01 07'))).toEqual({
      b: [false, true, true],
    });
  });
});

describe('CDR bytes', () => {
  test('padding comes before 8-byte values, counted from after the header', () => {
    const codec = codecFor(ros2('uint8 a\nfloat64 b\nstring s\nint16 c\nint64[] n\nbool e\n'), 'cdr');
    const message = bytes(`
      00 01 00 00              | CDR, little endian
      05                       | a
      00 00 00 00 00 00 00     | padding to 8
      00 00 00 00 00 00 f8 3f  | b 1.5
      03 00 00 00 68 69 00     | s "hi" with its zero byte
      00                       | padding to 2
      fe ff                    | c -2
      00 00                    | padding to 4
      01 00 00 00              | one n, ending at 32: no padding
      01 00 00 00 00 00 20 00  | 2^53 + 1
      01                       | e
    `);
    const value = { a: 5, b: 1.5, s: 'hi', c: -2, n: BigInt64Array.of(9007199254740993n), e: true };
    expect(codec.decode(message)).toEqual(value);
    expect(codec.encode(value)).toEqual(message);
    codec.validate(message);
    codec.validate(bytes(`${hex(message)} 00 00 00`));
    expect(() => codec.validate(bytes(`${hex(message)} 00 00 00 00`))).toThrow(invalid('4 are left over'));
  });

  test('big endian is read', () => {
    const codec = codecFor(ros2('uint16[] a\nfloat32 b\n'), 'cdr');
    const message = bytes('00 00 00 00  00 00 00 02  01 02 03 04  3f c0 00 00'); // header, 2 elements, 258, 772, 1.5
    expect(codec.decode(message)).toEqual({ a: Uint16Array.of(258, 772), b: 1.5 });
  });

  test('an empty message has one byte', () => {
    const codec = codecFor(ros2Schema('std_msgs/Empty'), 'cdr');
    expect(codec.encode({})).toEqual(bytes('00 01 00 00 00'));
    expect(codec.decode(bytes('00 01 00 00 00'))).toEqual({});
    expect(() => codec.validate(bytes('00 01 00 00'))).toThrow(invalid('needs 1 bytes'));
  });

  test('an empty array has no padding after its length', () => {
    const codec = codecFor(ros2('float64[] a\nuint8 b\n'), 'cdr');
    expect(codec.encode({ b: 1 })).toEqual(bytes('00 01 00 00  00 00 00 00  01'));
    expect(codec.decode(bytes('00 01 00 00  00 00 00 00  01'))).toEqual({ a: new Float64Array(0), b: 1 });
  });

  test('a time is {sec, nsec} in values and {sec, nanosec} in JSON', () => {
    const codec = codecFor(ros2Schema('rosgraph_msgs/msg/Clock'), 'cdr');
    const value = codec.decode(bytes('00 01 00 00  ff ff ff ff  01 00 00 00'));
    expect(value).toEqual({ clock: { sec: -1, nsec: 1 } });
    expect(codec.toJson(value)).toBe('{"clock":{"sec":-1,"nanosec":1}}');
  });

  test('three bytes are no Twist of zeros', () => {
    const codec = codecFor(ros2Schema('geometry_msgs/msg/Twist'), 'cdr');
    expect(() => codec.validate(bytes('00 01 00'))).toThrow(invalid('CDR header'));
    expect(() => codec.validate(bytes('00 01 00 00'))).toThrow(invalid('needs 8 bytes'));
    expect(() => codec.validate(bytes(`00 07 00 00 ${'00'.repeat(48)}`))).toThrow(invalid('CDR header'));
  });

  test('a string without its zero byte is refused', () => {
    const codec = codecFor(ros2Schema('std_msgs/msg/String'), 'cdr');
    expect(() => codec.decode(bytes('00 01 00 00  02 00 00 00  68 69'))).toThrow(invalid('zero byte'));
  });

  test('bounds of arrays and strings hold in both directions', () => {
    const codec = codecFor(ros2('uint8[<=2] a\nstring<=3 s\n'), 'cdr');
    expect(() => codec.decode(bytes('00 01 00 00  03 00 00 00  01 02 03'))).toThrow(invalid('at most 2'));
    expect(() => codec.decode(bytes('00 01 00 00  00 00 00 00  05 00 00 00 61 62 63 64 00'))).toThrow(
      invalid('at most 3'),
    );
    expect(() => codec.encode({ a: [1, 2, 3] })).toThrow(invalid('at most 2 elements'));
    expect(() => codec.encode({ s: 'éé' })).toThrow(invalid('at most 3 bytes'));
  });

  test("ROS 2's defaults are taken for missing fields", () => {
    const text =
      'int32 a 5\nfloat64 b -1.5\nstring s "it\'s # fine" # comment\nbool t true\nuint8[3] u [1, 2, 3]\nint64 big 9007199254740993\n';
    const codec = codecFor(ros2(text), 'cdr');
    expect(codec.fromPlain({})).toEqual({
      a: 5,
      b: -1.5,
      s: "it's # fine",
      t: true,
      u: Uint8Array.of(1, 2, 3),
      big: 9007199254740993n,
    });
  });

  test('wstring is refused with a reason', () => {
    expect(() => codecFor(ros2('wstring w\n'), 'cdr').encode({})).toThrow(
      expect.objectContaining({ code: 'NOT_SUPPORTED' }),
    );
  });
});

describe('JSON messages', () => {
  const encode = (text: string) => new TextEncoder().encode(text);

  test('are checked against the definition when there is one', () => {
    const codec = codecFor(ros1Schema('std_msgs/Int64'), 'json');
    expect(codec.decode(encode('{"data":9223372036854775807}'))).toEqual({ data: 9223372036854775807n });
    expect(new TextDecoder().decode(codec.encode({ data: -9223372036854775808n }))).toBe(
      '{"data":-9223372036854775808}',
    );
    expect(() => codec.validate(encode('{"dat":1}'))).toThrow(invalid('no field "dat"'));
    expect(() => codec.validate(encode('{"data":1'))).toThrow(invalid('not valid'));
    expect(() => codec.validate(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(invalid('UTF-8'));
  });

  test('pass as they are without a definition', () => {
    const codec = codecFor({ name: '', encoding: '', text: '' }, 'json');
    const text = '{"a":[1,2.5,"x",{"b":12345678901234567890}],"c":true}';
    expect(new TextDecoder().decode(codec.encode(codec.decode(encode(text))))).toBe(text);
    expect(() => codec.decode(encode('[1]'))).toThrow(invalid('JSON object'));
  });
});

describe('codecFor', () => {
  test('gives one codec for one definition, whichever object carries it', () => {
    const schema = ros1Schema('geometry_msgs/Twist');
    expect(codecFor({ ...schema }, 'ros1')).toBe(codecFor(schema, 'ros1'));
    expect(codecFor(schema, 'json')).not.toBe(codecFor(schema, 'ros1'));
  });

  test('keeps a bounded number of codecs by definition', () => {
    const first = { ...ros1('int32 first\n') };
    const codec = codecFor(first, 'ros1');
    for (let i = 0; i < MAX_CACHED_CODECS; i++) codecFor(ros1(`int32 f${i}\n`), 'ros1');
    expect(codecFor({ ...first }, 'ros1')).not.toBe(codec);
    expect(codecFor(first, 'ros1')).toBe(codec);
  });

  test('reads the definition at first use only', () => {
    const codec = codecFor(ros1('this is no definition'), 'ros1');
    expect(() => codec.encode({})).toThrow(expect.objectContaining({ code: 'DEFINITION_INVALID' }));
    expect(() => codec.validate(new Uint8Array(0))).toThrow(expect.objectContaining({ code: 'DEFINITION_INVALID' }));
  });

  test.each<[Schema['encoding'], Encoding]>([
    ['ros1msg', 'cdr'],
    ['ros2msg', 'ros1'],
    ['', 'ros1'],
  ])('refuses %s with %s', (encoding, messageEncoding) => {
    expect(() => codecFor({ name: 'p/T', encoding, text: '' }, messageEncoding)).toThrow(
      expect.objectContaining({ code: 'NOT_SUPPORTED' }),
    );
  });
});

function hex(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
