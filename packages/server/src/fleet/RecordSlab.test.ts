import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecordSlab } from './RecordSlab.ts';
import type { SlabPage } from './RecordSlab.ts';

test('no two slots overlap, and a slot is at most a half larger than asked for', () => {
  const steps = fc.array(fc.oneof(fc.nat(6_000), fc.constant('give')), { maxLength: 400 });
  fc.assert(
    fc.property(steps, fc.infiniteStream(fc.nat()), (todo, choices) => {
      const slab = new RecordSlab();
      const held: { page: SlabPage; start: number; mark: number }[] = [];
      let mark = 0;
      for (const step of todo) {
        if (typeof step === 'number') {
          const bytes = step + 1;
          const { page, start } = slab.take(bytes);
          expect(page.slotBytes).toBeGreaterThanOrEqual(bytes);
          expect(page.slotBytes).toBeLessThanOrEqual(Math.max(64, bytes * 1.5));
          mark = (mark + 1) % 256;
          page.bytes.fill(mark, start, start + page.slotBytes);
          held.push({ page, start, mark });
        } else if (held.length > 0) {
          const at = choices.next().value % held.length;
          const { page, start } = held.splice(at, 1)[0]!;
          slab.give(page, start);
        }
        for (const { page, start, mark: expected } of held) {
          expect(page.bytes[start]).toBe(expected);
          expect(page.bytes[start + page.slotBytes - 1]).toBe(expected);
        }
      }
    }),
    { numRuns: 50 },
  );
});

test('slots of one size share a page, and room that was given back is used again before a new page', () => {
  const slab = new RecordSlab();
  const first = slab.take(100);
  const second = slab.take(120);
  expect(second.page).toBe(first.page);
  while (!first.page.full) slab.take(128);
  const other = slab.take(128);
  expect(other.page).not.toBe(first.page);
  slab.give(first.page, first.start);
  expect(slab.take(128)).toEqual(first);
});

test('a page that nobody uses is let go', () => {
  const slab = new RecordSlab();
  const { page, start } = slab.take(100);
  slab.give(page, start);
  expect(slab.take(100).page).not.toBe(page);
});
