import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_OPEN_TRANSFERS, PartAssembler } from './PartAssembler.ts';

/** The body of a part record (clause 4.4). */
function part(transfer: number, total: number, offset: number, bytes: Uint8Array): Uint8Array {
  const body = new Uint8Array(12 + bytes.length);
  const view = new DataView(body.buffer);
  view.setUint32(0, transfer, true);
  view.setUint32(4, total, true);
  view.setUint32(8, offset, true);
  body.set(bytes, 12);
  return body;
}

const record = (length: number, seed = 0): Uint8Array => Uint8Array.from({ length }, (_, at) => seed + at * 7);

/** A record's parts, cut at the given places. */
function partsOf(transfer: number, bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [...new Set([0, ...cuts.map((cut) => 1 + (cut % (bytes.length - 1))), bytes.length])].sort(
    (a, b) => a - b,
  );
  return places.slice(1).map((end, at) => part(transfer, bytes.length, places[at]!, bytes.subarray(places[at], end)));
}

describe('PartAssembler', () => {
  test('puts records together from parts of any size in any order, several at once', () => {
    const records = fc.array(fc.tuple(fc.integer({ min: 6, max: 3_000 }), fc.array(fc.nat(), { maxLength: 20 })), {
      minLength: 1,
      maxLength: 10,
    });
    fc.assert(
      fc.property(records, fc.infiniteStream(fc.nat()), (given, order) => {
        const assembler = new PartAssembler(100_000);
        const wanted = given.map(([length], transfer) => record(length, transfer));
        const parts = wanted.flatMap((bytes, transfer) => partsOf(transfer, bytes, given[transfer]![1]));
        const whole: Uint8Array[] = [];
        while (parts.length > 0) {
          const [next] = parts.splice(order.next().value % parts.length, 1);
          const done = assembler.handlePart(next!);
          if (done !== undefined) whole.push(done);
        }
        const text = (bytes: Uint8Array): string => bytes.join();
        expect(whole.map(text).toSorted()).toEqual(wanted.map(text).toSorted());
        expect(assembler.bytes).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ['without bytes', part(1, 100, 0, new Uint8Array(0))],
    ['beyond its record', part(1, 100, 95, new Uint8Array(6))],
    ['that begins far beyond it', part(1, 100, 0xffff_ffff, new Uint8Array(6))],
    ['of a record without a body', part(1, 5, 0, new Uint8Array(5))],
    ['shorter than its header', new Uint8Array(3)],
  ])('a part %s is malformed', (_name, body) => {
    const assembler = new PartAssembler(1_000);
    expect(() => assembler.handlePart(body)).toThrow(expect.objectContaining({ code: 'FRAME_MALFORMED' }));
    expect(assembler.bytes).toBe(0);
  });

  test('parts that contradict each other are malformed', () => {
    const lengths = new PartAssembler(1_000);
    lengths.handlePart(part(1, 100, 0, record(50)));
    expect(() => lengths.handlePart(part(1, 101, 50, record(50)))).toThrow(/100 and 101/);
    const overlap = new PartAssembler(1_000);
    overlap.handlePart(part(1, 100, 0, record(60)));
    expect(() => overlap.handlePart(part(1, 100, 50, record(50)))).toThrow(/overlap/);
  });

  test('a record larger than a frame may be is refused before memory is taken', () => {
    const assembler = new PartAssembler(1_000);
    expect(() => assembler.handlePart(part(1, 1_001, 0, record(10)))).toThrow(
      expect.objectContaining({ code: 'FRAME_TOO_LARGE' }),
    );
    expect(assembler.bytes).toBe(0);
  });

  test('records that never complete make room for later ones: memory and number are bounded', () => {
    const assembler = new PartAssembler(1_000);
    for (let transfer = 0; transfer < 10_000; transfer++) {
      assembler.handlePart(part(transfer, 6 + (transfer % 995), 0, record(1)));
      expect(assembler.bytes).toBeLessThanOrEqual(2_000);
    }
    const small = new PartAssembler(1_000_000);
    for (let transfer = 0; transfer < 10_000; transfer++) small.handlePart(part(transfer, 100, 0, record(1)));
    expect(small.bytes).toBe(MAX_OPEN_TRANSFERS * 100);
    // The newest are still there.
    expect(small.handlePart(part(9_999, 100, 1, record(99)))).toHaveLength(100);
  });

  test('a record as large as allowed goes through beside another', () => {
    const assembler = new PartAssembler(1_000);
    for (const transfer of [1, 2]) assembler.handlePart(part(transfer, 1_000, 0, record(500)));
    for (const transfer of [1, 2])
      expect(assembler.handlePart(part(transfer, 1_000, 500, record(500)))).toHaveLength(1_000);
  });
});
