import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FrameReader } from './FrameReader.ts';

const stream = Uint8Array.from([
  ...[3, 0, 0, 0, 0x61, 0x62, 0x63], // "abc"
  ...[0, 0, 0, 0], // an empty frame
  ...[1, 0, 0, 0, 0x64], // "d"
]);

function frames(reader: FrameReader, chunks: Iterable<Uint8Array>): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  for (const chunk of chunks) {
    reader.push(chunk, (frame) => {
      found.push(frame);
      return true;
    });
  }
  return found;
}

it('frames come out whole from a stream that arrives one byte at a time', () => {
  const bytes = [...stream].map((byte) => Uint8Array.of(byte));
  expect(frames(new FrameReader(3), bytes).map((frame) => Buffer.from(frame).toString())).toEqual(['abc', '', 'd']);
});

it('a frame within one chunk is a view of it, not a copy', () => {
  const [first] = frames(new FrameReader(3), [stream]);
  expect(first?.buffer).toBe(stream.buffer);
});

it('a length above the bound is a RangeError before any memory is taken', () => {
  expect(() => frames(new FrameReader(2), [stream])).toThrow('A frame of 3 bytes');
});

it('an announced frame takes memory only as its bytes come', () => {
  const reader = new FrameReader(256 * 1024 * 1024);
  const before = process.memoryUsage().arrayBuffers;
  const readers = Array.from({ length: 20 }, () => {
    const each = new FrameReader(256 * 1024 * 1024);
    frames(each, [Uint8Array.of(0, 0, 0, 0x10), Uint8Array.of(1)]); // 256 MiB announced, one byte sent
    return each;
  });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
  expect([...readers, reader]).toHaveLength(21);
});

it('a callback that returns false gets the rest of the chunk back', () => {
  const rest = new FrameReader(3).push(stream, () => false);
  expect(rest).toEqual(stream.subarray(7));
});

it('any frames cut anywhere come out as they went in', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 10 }),
      fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 40 }),
      (payloads, cuts) => {
        const whole = Buffer.concat(
          payloads.flatMap((data) => [Buffer.from(Uint32Array.of(data.byteLength).buffer), data]),
        );
        const chunks: Uint8Array[] = [];
        for (let at = 0, i = 0; at < whole.byteLength; i += 1) {
          const size = cuts[i % cuts.length] ?? 1;
          chunks.push(whole.subarray(at, at + size));
          at += size;
        }
        expect(frames(new FrameReader(300), chunks).map((frame) => [...frame])).toEqual(
          payloads.map((data) => [...data]),
        );
      },
    ),
  );
});
