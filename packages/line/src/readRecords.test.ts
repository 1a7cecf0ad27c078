import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameBuilder } from './FrameBuilder.ts';
import type { MessageRecord } from './MessageRecord.ts';
import { readRecords } from './readRecords.ts';

// prettier-ignore
const frame = new Uint8Array([
  0x13,                                           // kind: message
  0x1b, 0, 0, 0,                                  // body: 27 bytes
  7, 0, 0, 0,                                     // channel 7
  0xff, 0xff, 0xff, 0xff,                         // sequence 4294967295
  0x00, 0x00, 0x64, 0xa7, 0xb3, 0xb6, 0xe0, 0x0d, // log time 1000000000000000000 ns
  0x01, 0, 0, 0, 0, 0, 0, 0,                      // publish time 1 ns
  0xaa, 0xbb, 0xcc,                               // data
  0x32,                                           // kind: ack
  8, 0, 0, 0,                                     // body: 8 bytes
  5, 0, 0, 0, 0, 0, 0, 0,
]);

function read(bytes: Uint8Array): string[] {
  const seen: string[] = [];
  readRecords(bytes, {
    handleMessage: (record) =>
      seen.push(
        `message ${record.channelId} ${record.sequence} ${String(record.logTime)} ${String(record.publishTime)} ${record.data.join(',')}`,
      ),
    handleRecord: (kind, body) => seen.push(`${kind} ${body.join(',')}`),
  });
  return seen;
}

describe('readRecords', () => {
  test('reads each record of a frame from literal bytes', () => {
    expect(read(frame)).toEqual(['message 7 4294967295 1000000000000000000 1 170,187,204', 'ack 5,0,0,0,0,0,0,0']);
  });

  test('the builder writes those very bytes', () => {
    const builder = new FrameBuilder();
    builder.appendMessage(7, {
      sequence: 0xffffffff,
      logTime: 1_000_000_000_000_000_000n,
      publishTime: 1n,
      data: new Uint8Array([0xaa, 0xbb, 0xcc]),
    });
    builder.append(0x32, new Uint8Array([5, 0, 0, 0]), new Uint8Array(4));
    expect(builder.take()).toEqual(frame);
    expect(builder.length).toBe(0);
  });

  test('every prefix of a frame is refused with FRAME_MALFORMED, unless it ends between two records', () => {
    for (let length = 0; length < frame.length; length++) {
      const prefix = frame.subarray(0, length);
      if (length === 32) expect(read(prefix)).toHaveLength(1);
      else expect(() => read(prefix)).toThrow(expect.objectContaining({ code: 'FRAME_MALFORMED' }));
    }
  });

  test('a kind that the version does not have is refused', () => {
    expect(() => read(new Uint8Array([0x99, 0, 0, 0, 0]))).toThrow(/0x99 does not exist/);
  });

  test('whatever is built is read back, and a forwarded record only changes its channel', () => {
    const message = fc.record({
      channel: fc.nat(0xffffffff),
      sequence: fc.nat(0xffffffff),
      logTime: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      publishTime: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      data: fc.uint8Array({ maxLength: 300 }),
    });
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 20 }), (messages) => {
        const builder = new FrameBuilder();
        for (const parts of messages) builder.appendMessage(parts.channel, parts);
        const records: MessageRecord[] = [];
        const built = builder.take();
        readRecords(built, { handleMessage: (record) => records.push(record), handleRecord: () => undefined });
        for (const record of records) builder.forwardMessage(42, record.copy().bytes);
        const forwarded: MessageRecord[] = [];
        readRecords(builder.take(), {
          handleMessage: (record) => forwarded.push(record),
          handleRecord: () => undefined,
        });
        messages.forEach(({ channel, ...parts }, index) => {
          expect(records[index]).toMatchObject({ channelId: channel, ...parts });
          expect(forwarded[index]).toMatchObject({ channelId: 42, ...parts });
        });
      }),
    );
  });
});
