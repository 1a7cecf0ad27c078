import { codecFor } from '@longline/ros';
import type { Schema } from '@longline/ros';
import { decode } from 'cborg';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { recordedFoxglove } from '../foxglove/recordedFoxglove.fixture.ts';
import { FrameDecoder } from './FrameDecoder.ts';
import type { PublishOp } from './ServerOp.ts';
import { typedArrayTags } from './typedArrayTags.ts';

const read = (...bytes: number[]): unknown => decode(Uint8Array.from(bytes), { tags: typedArrayTags });

test('little and big endian typed arrays are numbers', () => {
  expect(read(0xd8, 69, 0x44, 1, 0, 2, 1)).toEqual(Uint16Array.of(1, 258));
  expect(read(0xd8, 65, 0x44, 0, 1, 1, 2)).toEqual(Uint16Array.of(1, 258));
  expect(read(0xd8, 72, 0x42, 0xff, 1)).toEqual(Int8Array.of(-1, 1));
  expect(read(0xd8, 85, 0x44, 0, 0, 0xc0, 0x7f)).toEqual(Float32Array.of(Number.NaN));
  expect(read(0xd8, 75, 0x48, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe)).toEqual(BigInt64Array.of(-2n));
});

test('a typed array that ends within an element, or is no byte string, is no CBOR', () => {
  expect(() => read(0xd8, 69, 0x43, 1, 0, 2)).toThrow();
  expect(() => read(0xd8, 69, 0x01)).toThrow('no byte string');
});

test('every recorded cbor message is encoded as ROS would have, infinities and NaN included', () => {
  const lines = readFileSync(new URL('../fixtures/rosbridge-humble-cbor.jsonl', import.meta.url), 'utf8').trim();
  const messages: PublishOp[] = [];
  const problems: string[] = [];
  const decoder = new FrameDecoder({
    handleRaw: () => undefined,
    handlePublish: (publish) => messages.push(publish),
    handleServiceResponse: () => undefined,
    handleProblem: (problem) => problems.push(problem),
  });
  for (const line of lines.split('\n'))
    decoder.handleBinary(Buffer.from(z.object({ b64: z.string() }).parse(JSON.parse(line)).b64, 'base64'));
  expect(problems).toEqual([]);
  expect(messages.map(({ topic }) => topic)).toEqual([
    '/scan',
    '/camera/image/compressed',
    '/points',
    '/chatter',
    '/battery',
  ]);
  const { channels } = recordedFoxglove();
  for (const { topic, msg } of messages) {
    const channel = channels.find((one) => one.topic === topic);
    const schema: Schema = { name: channel?.schemaName ?? '', encoding: 'ros2msg', text: channel?.schema ?? '' };
    const codec = codecFor(schema, 'cdr');
    const value = codec.decode(codec.encode(msg));
    if (topic === '/scan')
      expect([...(value['ranges'] as Float32Array).subarray(0, 3)]).toEqual([Infinity, -Infinity, Number.NaN]);
  }
});
