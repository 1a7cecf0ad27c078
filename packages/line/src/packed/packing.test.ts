import { fuzzSeed, randomFrom } from '@longline/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameBuilder } from '../FrameBuilder.ts';
import { nodeZstd } from '../node/zstd.ts';
import { noise, recordsOf } from './packed.fixture.ts';
import type { TestMessage } from './packed.fixture.ts';
import { Packer } from './Packer.ts';
import { MAX_REFERENCES } from './ReferenceTable.ts';
import { Unpacker } from './Unpacker.ts';

const MAX_BYTES = 1024 * 1024;
const seed = fuzzSeed();
const malformed = expect.objectContaining({ code: 'FRAME_MALFORMED' }) as Error;

/** A stamped message of 100 bytes, 10 ms after the one before; some of its bytes change. */
function stamped(index: number, channel = 7): TestMessage {
  const data = new Uint8Array(100);
  const view = new DataView(data.buffer);
  view.setUint32(0, index, true);
  view.setUint32(4, 1_790_000_000, true);
  view.setUint32(8, 10_000_000 * index + 123_457, true);
  view.setFloat64(40, Math.sin(index), true);
  const stamp = 1_790_000_000_000_123_457n + BigInt(index) * 10_000_000n;
  return { channel, sequence: index, logTime: ((stamp + 300_000n) / 1000n) * 1000n, publishTime: stamp, data };
}

const u64 = fc.oneof(
  fc.constantFrom(0n, 1n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 52n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.bigInt({ min: 1_790_000_000_000_000_000n, max: 1_790_000_000_100_000_000n }),
  fc.bigInt({ min: 1_790_000_000_000_000n, max: 1_790_000_000_100_000n }).map((us) => us * 1000n),
);
const message: fc.Arbitrary<TestMessage> = fc
  .record({
    channel: fc.oneof(fc.nat(3), fc.nat(0xffff_ffff)),
    sequence: fc.oneof(fc.nat(5), fc.nat(0xffff_ffff), fc.constant(0xffff_ffff)),
    logTime: u64,
    publishTime: fc.option(u64, { nil: undefined }),
    data: fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.uint8Array({ minLength: 20, maxLength: 20 }),
      fc.array(fc.constantFrom(0, 0, 0, 7), { minLength: 60, maxLength: 60 }).map((bytes) => Uint8Array.from(bytes)),
    ),
  })
  .map(({ publishTime, ...parts }) => ({ ...parts, publishTime: publishTime ?? parts.logTime }));
const bodies = fc.array(fc.array(message, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 8 });

describe.each([
  ['with zstd', nodeZstd],
  ['without zstd', undefined],
])('a socket %s', (_, zstd) => {
  test('gets the same records byte for byte, whatever they hold, body after body', () => {
    fc.assert(
      fc.property(bodies, (sent) => {
        const packer = new Packer(zstd);
        const unpacker = new Unpacker(zstd);
        for (const messages of sent) {
          const records = recordsOf(messages);
          const body = packer.pack(records);
          expect(unpacker.unpack(body, records.length)).toEqual(records);
          expect(body.length).toBeLessThanOrEqual(records.length + 8 * messages.length + 16);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('gets messages above 16 KiB and of thousands of lengths, while the references stay within their bounds', () => {
    const packer = new Packer(zstd);
    const unpacker = new Unpacker(zstd);
    for (let index = 0; index < 3 * MAX_REFERENCES; index++) {
      const lengths = [index, index * 40, 16_384 + (index % 3) - 1, 20_000];
      const records = recordsOf(
        lengths.map((length, at) => ({ ...stamped(index, at), data: noise(length, index + 1) })),
      );
      const back = unpacker.unpack(packer.pack(records), records.length);
      expect(Buffer.compare(back, records)).toBe(0);
    }
  });
});

describe('Packer', () => {
  test('ten stamped messages in a row cost the bytes that change, two bytes of head each, and nothing for sequence and publish time', () => {
    const packer = new Packer();
    const sizes = [0, 1, 2].map((body) => {
      const messages = Array.from({ length: 10 }, (_, at) => stamped(body * 10 + at));
      return packer.pack(recordsOf(messages)).length;
    });
    // Index 1, nanoseconds 4, a double of noise 8; reference 1, time 1.
    expect(sizes[2]).toBeLessThanOrEqual(10 * (1 + 4 + 8 + 1 + 1) + 10);
    expect(sizes[1]).toBeLessThan(10 * 20);
  });

  test('writes these very bytes for one message and the one after it', () => {
    const packer = new Packer();
    const first = { channel: 300, sequence: 1, logTime: 5_000n, publishTime: 5_000n, data: Uint8Array.of(9, 8, 7) };
    const next = { ...first, sequence: 2, logTime: 6_000n, publishTime: 6_000n, data: Uint8Array.of(9, 8, 5) };
    // prettier-ignore
    expect([...packer.pack(recordsOf([first]))]).toEqual([
      0x04,             // log times in microseconds
      1,                // one message
      0, 0xac, 2, 3, 1, // new reference: channel 300, 3 bytes; its sequence is told
      1, 10,            // sequence 0 + 1, 5 us after 0
      9, 8, 7,          // its data
    ]);
    // prettier-ignore
    expect([...packer.pack(recordsOf([next]))]).toEqual([
      0x04,             // log times in microseconds
      1,                // one message
      2, 2,             // of reference 0; 1 us later
      2, 2,             // one new position: 2
      254,              // 2 less
    ]);
  });

  test('text of ever other lengths is told by the dictionary of what went before', () => {
    const packer = new Packer(nodeZstd);
    const unpacker = new Unpacker(nodeZstd);
    let packed = 0;
    let plain = 0;
    for (let index = 0; index < 200; index++) {
      const text = `[move_base-${index * 7919}] Goal ${'x'.repeat(index % 37)} accepted by the controller of the robot`;
      const records = recordsOf([{ ...stamped(index), data: Buffer.from(text) }]);
      const body = packer.pack(records);
      expect(unpacker.unpack(body, MAX_BYTES)).toEqual(records);
      packed += body.length;
      plain += records.length;
    }
    expect(packed / plain).toBeLessThan(0.5);
  });

  test('a message that begins as a trained dictionary does not confuse zstd', () => {
    const packer = new Packer(nodeZstd);
    const unpacker = new Unpacker(nodeZstd);
    for (let index = 0; index < 20; index++) {
      const data = new Uint8Array(9_000 + index).fill(index);
      data.set([0x37, 0xa4, 0x30, 0xec], index < 10 ? 0 : data.length - 8192);
      const records = recordsOf([{ ...stamped(index), data }]);
      expect(Buffer.compare(unpacker.unpack(packer.pack(records), MAX_BYTES), records)).toBe(0);
    }
  });

  test('refuses what is no whole message record', () => {
    const records = recordsOf([stamped(0)]);
    const builder = new FrameBuilder();
    builder.append(0x32, new Uint8Array(40));
    for (const wrong of [new Uint8Array(0), records.subarray(0, 50), records.subarray(1), builder.take()]) {
      expect(() => new Packer().pack(wrong)).toThrow(expect.objectContaining({ code: 'INTERNAL' }) as Error);
    }
  });

  test('tells for each channel what packing was worth, and the shares add up to the body', () => {
    const packer = new Packer(nodeZstd);
    const messages = [stamped(0, 1), stamped(0, 2), stamped(1, 1), { ...stamped(0, 3), data: noise(20_000, 5) }];
    const body = packer.pack(recordsOf(messages));
    const shares = [...packer.shares];
    expect(shares.map(({ channelId, messages: count, plainBytes }) => [channelId, count, plainBytes])).toEqual([
      [1, 2, 258],
      [2, 1, 129],
      [3, 1, 20_029],
    ]);
    const packed = shares.reduce((sum, { packedBytes }) => sum + packedBytes, 0);
    expect(Math.abs(packed - body.length)).toBeLessThan(4);
  });
});

describe('Unpacker', () => {
  const flood = recordsOf(Array.from({ length: 1000 }, (_, at) => ({ ...stamped(at), data: new Uint8Array(16_000) })));

  test('gives no more than maxBytes, however small the body', () => {
    const body = new Packer(nodeZstd).pack(flood);
    expect(body.length).toBeLessThan(4_000);
    expect(new Unpacker(nodeZstd).unpack(body, flood.length)).toHaveLength(flood.length);
    expect(() => new Unpacker(nodeZstd).unpack(body, flood.length - 1)).toThrow(malformed);
  });

  test('a compressed bomb is refused before it is unpacked', () => {
    const bomb = nodeZstd.compress(new Uint8Array(50_000_000), undefined).subarray(4);
    const body = Buffer.concat([Uint8Array.of(1), bomb]);
    expect(() => new Unpacker(nodeZstd).unpack(body, 10_000)).toThrow(malformed);
    expect(() => new Unpacker().unpack(body, 10_000)).toThrow(/which this side did not offer/);
  });

  test.each([
    ['an empty body', []],
    ['flags of the future', [8, 1, 0, 1, 1, 0, 0, 5]],
    ['a dictionary without compression', [2, 1, 0, 1, 1, 0, 0, 5]],
    ['no message', [0, 0]],
    ['more messages than there can be', [0, 0xff, 0xff, 0x7f]],
    ['a reference that is none', [0, 1, 2, 0, 1]],
    ['a reference beyond all', [0, 1, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 1]],
    ['a new reference longer than one may be', [0, 1, 0, 1, 0x81, 0x80, 1, 0, 0]],
    ['a new reference longer than the body', [0, 1, 0, 1, 100, 0, 0, 5]],
    ['the same new reference twice', [0, 2, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 5, 5]],
    ['surprises of the future', [0, 1, 0, 1, 1, 8, 0, 5]],
    ['a publish mode of the future', [0, 1, 0, 1, 1, 4, 0, 4, 5]],
    ['a stamp beyond the data', [0, 1, 0, 1, 1, 4, 0, 1, 5]],
    ['a number of more than 53 bits', [0, 1, 0, 1, 1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 5]],
    ['a position beyond the message', [0, 2, 0, 1, 1, 0, 0, 2, 0, 5, 2, 1, 1]],
    ['more positions than there are', [0, 2, 0, 1, 1, 0, 0, 2, 0, 5, 3, 0, 0, 1]],
    ['differences that are missing', [0, 2, 0, 1, 1, 0, 0, 2, 0, 5, 2, 0]],
    ['bytes left over', [0, 1, 0, 1, 1, 0, 0, 5, 5]],
  ])('refuses %s', (_, bytes) => {
    expect(() => new Unpacker(nodeZstd).unpack(Uint8Array.from(bytes), MAX_BYTES)).toThrow(malformed);
  });

  test('the literal bytes of those tests are else sound', () => {
    expect(new Unpacker().unpack(Uint8Array.of(0, 1, 0, 1, 1, 0, 0, 5), 30)).toHaveLength(30);
    expect(new Unpacker().unpack(Uint8Array.of(0, 2, 0, 1, 1, 0, 0, 2, 0, 5, 2, 0, 1), 60)).toHaveLength(60);
  });

  test('every prefix of a body is refused', () => {
    for (const zstd of [nodeZstd, undefined]) {
      const body = new Packer(zstd).pack(
        recordsOf([stamped(0), stamped(1), stamped(2), { ...stamped(0, 9), data: noise(50, 3) }]),
      );
      for (let length = 0; length < body.length; length++) {
        expect(() => new Unpacker(nodeZstd).unpack(body.subarray(0, length), MAX_BYTES)).toThrow(malformed);
      }
    }
  });

  test(`20,000 mutated bodies are refused with FRAME_MALFORMED or unpacked within maxBytes (FUZZ_SEED=${seed})`, () => {
    const random = randomFrom(seed);
    const sound = (zstd: typeof nodeZstd | undefined) => {
      const packer = new Packer(zstd);
      return Array.from({ length: 6 }, (_, body) =>
        packer.pack(
          recordsOf([
            ...Array.from({ length: 5 }, (__, at) => stamped(body * 5 + at)),
            { ...stamped(body, 8), data: noise(30 + body, body + 1) },
            { ...stamped(body, 9), sequence: random(100), publishTime: 5n, data: noise(30, body + 1) },
          ]),
        ),
      );
    };
    const histories = [sound(undefined), sound(undefined), sound(nodeZstd)];
    let refused = 0;
    let unpacked = 0;
    for (let round = 0; round < 20_000; round++) {
      const bodiesOfRound = histories[round % 3]!;
      const unpacker = new Unpacker(nodeZstd);
      const hostile = random(bodiesOfRound.length);
      for (let index = 0; index < hostile; index++) unpacker.unpack(bodiesOfRound[index]!, MAX_BYTES);
      const body = bodiesOfRound[hostile]!.slice(0, bodiesOfRound[hostile]!.length - random(2) * random(20));
      for (let flips = 1 + random(3); flips > 0; flips--) body[random(body.length)] = random(256);
      try {
        expect(unpacker.unpack(body, 5_000).length).toBeLessThanOrEqual(5_000);
        unpacked += 1;
      } catch (error) {
        expect(error).toMatchObject({ code: 'FRAME_MALFORMED' });
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(1_000);
    expect(unpacked).toBeGreaterThan(100);
  });
});
