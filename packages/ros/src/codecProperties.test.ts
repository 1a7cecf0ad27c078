import { parse } from '@foxglove/rosmsg';
import { MessageReader as Ros1Reader, MessageWriter as Ros1Writer } from '@foxglove/rosmsg-serialization';
import { MessageReader as Ros2Reader } from '@foxglove/rosmsg2-serialization';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codecFor } from './codecFor.ts';
import { RosError } from './errors.ts';
import { ros1Schema, ros2Schema } from './fixtures.ts';
import { generatedMessage } from './generatedMessage.fixture.ts';
import type { MessageCodec } from './MessageCodec.ts';
import type { Schema } from './Schema.ts';

const versions = [
  { version: 1, encoding: 'ros1', language: 'ros1msg', name: 'p/T' },
  { version: 2, encoding: 'cdr', language: 'ros2msg', name: 'p/msg/T' },
] as const;

describe.each(versions)('generated definitions of ROS $version', ({ version, encoding, language, name }) => {
  const schemaOf = (text: string): Schema => ({ name, encoding: language, text });

  test('values survive encoding and decoding, and JSON', () => {
    fc.assert(
      fc.property(generatedMessage(version), ({ text, value }) => {
        const codec = codecFor(schemaOf(text), encoding);
        const data = codec.encode(value);
        expect(codec.decode(data)).toEqual(value);
        expect(codec.encode(codec.decode(data))).toEqual(data);
        codec.validate(data);
        expect(codec.fromJson(codec.toJson(value))).toEqual(value);
        const json = codecFor(schemaOf(text), 'json');
        expect(json.decode(json.encode(value))).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });

  test('bytes cut short are refused by decode and validate alike', () => {
    fc.assert(
      fc.property(
        generatedMessage(version),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (message, part) => {
          const codec = codecFor(schemaOf(message.text), encoding);
          const data = codec.encode(message.value);
          if (data.length === 0) return;
          const cut = data.subarray(0, Math.floor(data.length * part));
          expect(outcome(() => codec.decode(cut))).toBe('MESSAGE_INVALID');
          expect(outcome(() => codec.validate(cut))).toBe('MESSAGE_INVALID');
        },
      ),
      { numRuns: 200 },
    );
  });

  test('changed and random bytes are either read or refused, by decode and validate alike', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(generatedMessage(version), changes, fc.uint8Array({ maxLength: 200 }), (message, changed, random) => {
        const codec = codecFor(schemaOf(message.text), encoding);
        const data = codec.encode(message.value);
        for (const [at, byte] of changed) if (data.length > 0) data[at % data.length] = byte;
        for (const bytes of [data, random, Uint8Array.of(0, 1, 0, 0, ...random)]) {
          const decoded = outcome(() => codec.decode(bytes));
          expect(['', 'MESSAGE_INVALID']).toContain(decoded);
          expect(outcome(() => codec.validate(bytes))).toBe(decoded);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('random text is no definition, or one, but never a crash', () => {
    const words = fc.constantFrom(
      'int32',
      'p/T',
      'T',
      '[',
      ']',
      '5',
      '<=',
      '=',
      '#',
      '"',
      ' ',
      '\n',
      'MSG: a/B',
      '='.repeat(80),
      'x',
      '\0',
      '/',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 60 }), (parts) => {
        const result = outcome(() => codecFor(schemaOf(parts.join('')), encoding).encode({}));
        expect(['', 'DEFINITION_INVALID', 'NAME_INVALID', 'MESSAGE_INVALID']).toContain(result);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('hostile lengths allocate next to nothing', () => {
  const zeroSized = `e/E[] e\n${'='.repeat(80)}\nMSG: e/E\n`;
  test.each<[string, MessageCodec, Uint8Array]>([
    ['4 GiB of bytes', ros1Codec('uint8[] a\n'), Uint8Array.of(255, 255, 255, 255)],
    ['32 GiB of doubles', ros1Codec('float64[] a\n'), Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0)],
    ['4 billion strings', ros1Codec('string[] a\n'), Uint8Array.of(255, 255, 255, 255)],
    ['4 billion empty messages', ros1Codec(zeroSized), Uint8Array.of(255, 255, 255, 255)],
    ['100,000 empty messages', ros1Codec(zeroSized), Uint8Array.of(160, 134, 1, 0)],
    ['a string of 4 GiB', ros1Codec('string s\n'), Uint8Array.of(255, 255, 255, 255, 65)],
    ['a fixed array of 16 MB', ros1Codec('uint8[16000000] a\n'), new Uint8Array(1000)],
  ])('%s', (_what, codec, data) => {
    outcome(() => codec.decode(data));
    const before = process.memoryUsage();
    expect(outcome(() => codec.decode(data))).toBe('MESSAGE_INVALID');
    expect(outcome(() => codec.validate(data))).toBe('MESSAGE_INVALID');
    const after = process.memoryUsage();
    const grownBytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
    expect(grownBytes).toBeLessThan(4 * 1024 * 1024);
  });
});

describe("the field's own codecs agree", () => {
  const types = [
    'nav_msgs/Odometry',
    'sensor_msgs/LaserScan',
    'sensor_msgs/Image',
    'tf2_msgs/TFMessage',
    'std_msgs/UInt8MultiArray',
  ];
  const stamp = { sec: 5, nsec: 6 };
  const values: Record<string, unknown> = {
    'nav_msgs/Odometry': { header: { stamp, frame_id: 'odom' }, twist: { twist: { linear: { x: 0.5 } } } },
    'sensor_msgs/LaserScan': { header: { frame_id: 'l' }, angle_min: -1.5, ranges: [1, 2.5, 3], intensities: [7] },
    'sensor_msgs/Image': { encoding: 'rgb8', width: 1, height: 1, step: 3, data: [1, 2, 3] },
    'tf2_msgs/TFMessage': {
      transforms: [
        { child_frame_id: 'a', transform: { rotation: { w: 1 } } },
        { header: { stamp }, child_frame_id: 'bcd' },
      ],
    },
    'std_msgs/UInt8MultiArray': { layout: { dim: [{ label: 'x', size: 2, stride: 2 }] }, data: [1, 2] },
  };

  test.each(types)('on %s in ROS 1', (type) => {
    const schema = ros1Schema(type);
    const codec = codecFor(schema, 'ros1');
    const data = codec.encode(values[type]);
    const definition = parse(schema.text);
    const theirs: unknown = new Ros1Reader(definition).readMessage(data);
    expect(codec.fromPlain(theirs)).toEqual(codec.decode(data));
    expect(new Uint8Array(new Ros1Writer(definition).writeMessage(theirs))).toEqual(data);
  });

  test.each(types)('on %s in ROS 2', (type) => {
    const schema = ros2Schema(type);
    const codec = codecFor(schema, 'cdr');
    const data = codec.encode(values[type]);
    const theirs: unknown = new Ros2Reader(parse(schema.text, { ros2: true })).readMessage(data);
    expect(codec.fromPlain(theirs)).toEqual(codec.decode(data));
  });
});

function ros1Codec(text: string): MessageCodec {
  return codecFor({ name: 'p/T', encoding: 'ros1msg', text }, 'ros1');
}

/** The code of the error thrown, or '' for none; errors without a code are thrown on. */
function outcome(act: () => unknown): string {
  try {
    act();
    return '';
  } catch (error) {
    if (error instanceof RosError) return error.code;
    throw error;
  }
}
