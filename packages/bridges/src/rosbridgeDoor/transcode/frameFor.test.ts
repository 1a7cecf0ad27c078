import { decode as decodeCbor } from 'cborg';
import fc from 'fast-check';
import { codecFor, Message } from '@longline/ros';
import type { Channel, Encoding, Schema } from '@longline/ros';
import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { CborWriter } from './CborWriter.ts';
import { fragmentFrames, MAX_FRAGMENTS_OUT } from './fragmentFrames.ts';
import { frameFor } from './frameFor.ts';
import { pngText } from './pngText.ts';
import { transcodings } from './transcodings.ts';
import { writeCborPlain } from './writeCborValue.ts';

const mixed: Schema = {
  name: 'demo/Mixed',
  encoding: 'ros1msg',
  text: `uint16[] u16
int8[] i8
int64[] i64
float32[] f32
float64[] f64
uint8[] bytes
float64[2] fixed
uint8[2] fixedBytes
bool[] flags
string[] words
time at
int64 big
float32 ratio
`,
};
const value = {
  u16: [1, 258],
  i8: [-1],
  i64: [-2n],
  f32: [1.5],
  f64: [0.1],
  bytes: [1, 2],
  fixed: [1, 2],
  fixedBytes: [3, 4],
  flags: [true],
  words: ['a'],
  at: { sec: 5, nsec: 6 },
  big: 2n ** 62n,
  ratio: 0.5,
};

function message(schema: Schema, encoding: Encoding, data: Uint8Array, topic = '/t'): Message {
  const channel: Channel = { topic, schema, encoding, latched: false };
  return new Message(channel, { sequence: 0, logTime: 1_500_000_007n, publishTime: 0n, data });
}

const tags = Object.fromEntries(
  [69, 72, 79, 85, 86].map((tag) => [tag, (decode: () => unknown): unknown => ({ tag, bytes: decode() })]),
);
const read = (frame: string | Uint8Array): unknown => decodeCbor(frame as Uint8Array, { tags });

test('cbor: sequences of numbers are typed arrays, uint8[] is a byte string, arrays of fixed length are lists', () => {
  const frame = frameFor(message(mixed, 'ros1', codecFor(mixed, 'ros1').encode(value)), '/t', 'cbor');
  expect(read(frame)).toEqual({
    op: 'publish',
    topic: '/t',
    msg: {
      u16: { tag: 69, bytes: new Uint8Array([1, 0, 2, 1]) },
      i8: { tag: 72, bytes: new Uint8Array([255]) },
      i64: { tag: 79, bytes: new Uint8Array([254, 255, 255, 255, 255, 255, 255, 255]) },
      f32: { tag: 85, bytes: new Uint8Array([0, 0, 192, 63]) },
      f64: { tag: 86, bytes: new Uint8Array(new Float64Array([0.1]).buffer) },
      bytes: new Uint8Array([1, 2]),
      fixed: [1, 2],
      fixedBytes: [3, 4],
      flags: [true],
      words: ['a'],
      at: { secs: 5, nsecs: 6 },
      big: 2n ** 62n,
      ratio: 0.5,
    },
  });
});

test('cbor-raw: secs and nsecs are when the robot’s agent received it, bytes the message as serialized', () => {
  const data = codecFor(mixed, 'ros1').encode({});
  const frame = frameFor(message(mixed, 'ros1', data), '/t', 'cbor-raw');
  expect(read(frame)).toEqual({ op: 'publish', topic: '/t', msg: { secs: 1, nsecs: 500_000_007, bytes: data } });
});

test('cbor-raw of JSON messages is serialized where there is a definition, and refused where there is none', () => {
  const json = codecFor(mixed, 'json').encode({ big: 7 });
  const frame = frameFor(message(mixed, 'json', json), '/t', 'cbor-raw');
  expect(read(frame)).toMatchObject({ msg: { bytes: codecFor(mixed, 'ros1').encode({ big: 7 }) } });
  const bare: Schema = { name: 'demo/Free', encoding: '', text: '' };
  const free = message(bare, 'json', new TextEncoder().encode('{"a":1}'));
  expect(() => frameFor(free, '/t', 'cbor-raw')).toThrow(/without a definition/);
  expect(frameFor(free, '/t', 'none')).toBe('{"op":"publish","topic":"/t","msg":{"a":1}}');
  expect(read(frameFor(free, '/t', 'cbor'))).toMatchObject({ msg: { a: 1 } });
});

test('a message is put into each form once, whatever the number of readers', () => {
  const shared = message(mixed, 'ros1', codecFor(mixed, 'ros1').encode(value));
  const before = { ...transcodings };
  for (let reader = 0; reader < 50; reader++) {
    for (const compression of ['none', 'png', 'cbor', 'cbor-raw'] as const) frameFor(shared, '/t', compression);
    frameFor(shared, 't', 'none');
  }
  expect(transcodings).toEqual({
    json: before.json + 1,
    cbor: before.cbor + 1,
    cborRaw: before.cborRaw + 1,
    png: before.png + 1,
  });
});

test('png: the pixels are the bytes of the text, in ASCII', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (words) => {
      const frame = JSON.parse(pngText(JSON.stringify({ words }))) as { op: string; data: string };
      const { data } = PNG.sync.read(Buffer.from(frame.data, 'base64'));
      const rgb = Buffer.from(data.filter((_, index) => index % 4 !== 3));
      expect(frame.op).toBe('png');
      expect(JSON.parse(rgb.toString('latin1'))).toEqual({ words });
    }),
    { numRuns: 50 },
  );
});

test('fragments joined are the text, and their number is bounded', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }),
      fc.integer({ min: 1, max: 400 }),
      (text, size) => {
        const frames = fragmentFrames(text, size, 'f');
        if (text.length <= size) {
          expect(frames).toEqual([text]);
          return;
        }
        const parts = frames.map((frame) => JSON.parse(frame) as { data: string; num: number; total: number });
        expect(parts.map(({ data }) => data).join('')).toBe(text);
        expect(parts.map(({ num, total }) => [num, total])).toEqual(parts.map((_, num) => [num, parts.length]));
        expect(Math.max(...parts.map(({ data }) => data.length))).toBeLessThanOrEqual(size);
      },
    ),
  );
  expect(fragmentFrames('x'.repeat(1_000_000), 1, 'f').length).toBeLessThanOrEqual(MAX_FRAGMENTS_OUT);
});

test('any JSON value comes out of CBOR as it went in', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (any) => {
      const writer = new CborWriter();
      writeCborPlain(any, writer);
      expect(decodeCbor(writer.finish())).toEqual(any);
    }),
  );
});
