import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameBuilder } from './FrameBuilder.ts';
import { PartAssembler } from './PartAssembler.ts';
import { PART_OVERHEAD, PartedRecord } from './PartedRecord.ts';
import { readRecords } from './readRecords.ts';
import { recordKinds } from './recordKinds.ts';

/** The body of the one part in a frame. */
function partIn(frame: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  readRecords(frame, {
    handleMessage: () => expect.fail('a message came'),
    handleRecord: (kind, body) => {
      expect(kind).toBe('part');
      parts.push(body);
    },
  });
  expect(parts).toHaveLength(1);
  return parts[0]!;
}

describe('PartedRecord', () => {
  test('its parts are the record, whatever pieces it is given in and however many bytes fit into each frame', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 5 });
    const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(pieces, sizes, (body, partBytes) => {
        const plain = new FrameBuilder();
        plain.append(recordKinds.request, ...body);
        const wanted = plain.take();
        const record = new PartedRecord(7, recordKinds.request, body);
        expect(record.length).toBe(wanted.length);
        fc.pre(wanted.length > 5);
        const assembler = new PartAssembler(100_000);
        let whole: Uint8Array | undefined;
        for (let count = 0; whole === undefined; count++) {
          const before = record.remainingBytes;
          const frame = new FrameBuilder();
          const most = partBytes[count % partBytes.length]!;
          const isLast = record.writeNext(frame, most);
          const taken = before - record.remainingBytes;
          expect(taken).toBe(Math.min(before, most));
          expect(frame.length).toBe(taken + PART_OVERHEAD);
          whole = assembler.handlePart(partIn(frame.take()));
          expect(whole !== undefined).toBe(isLast);
        }
        expect(whole).toEqual(wanted);
        expect(record.remainingBytes).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  test('a part has at least one byte, however little fits', () => {
    const record = new PartedRecord(1, recordKinds.reply, [new Uint8Array(10)]);
    const frame = new FrameBuilder();
    expect(record.writeNext(frame, 0)).toBe(false);
    expect(record.remainingBytes).toBe(record.length - 1);
  });

  test('the bytes of a part, literally', () => {
    const frame = new FrameBuilder();
    new PartedRecord(0x0102_0304, recordKinds.request, [new Uint8Array([9, 8])]).writeNext(frame, 6);
    // kind, length; transfer, total, offset; then the first six bytes of the record: kind, length, first byte.
    expect([...frame.take()]).toEqual([
      ...[recordKinds.part, 18, 0, 0, 0],
      ...[4, 3, 2, 1, 7, 0, 0, 0, 0, 0, 0, 0],
      ...[recordKinds.request, 2, 0, 0, 0, 9],
    ]);
  });
});
