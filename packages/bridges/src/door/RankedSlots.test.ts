import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RankedSlots } from './RankedSlots.ts';
import type { Ranked } from './RankedSlots.ts';

test('the first is always the lowest, whatever is put in, moved and taken out', () => {
  const step = fc.record({ item: fc.nat(30), rank: fc.nat(10), tie: fc.nat(3), isRemoved: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const slots = new RankedSlots<Ranked>();
      const items = Array.from({ length: 31 }, (): Ranked => ({ rank: 0, tie: 0, place: -1 }));
      const present = new Set<Ranked>();
      for (const { item: index, rank, tie, isRemoved } of steps) {
        const item = items[index]!;
        if (isRemoved) slots.remove(item);
        else slots.put(item, rank, tie);
        if (isRemoved) present.delete(item);
        else present.add(item);
        const [lowest] = [...present].sort((a, b) => a.rank - b.rank || a.tie - b.tie);
        const { first } = slots;
        expect(first && [first.rank, first.tie]).toEqual(lowest && [lowest.rank, lowest.tie]);
        if (first !== undefined) expect(present.has(first)).toBe(true);
      }
      slots.clear();
      expect(slots.first).toBeUndefined();
      expect(items.every(({ place }) => place === -1)).toBe(true);
    }),
  );
});

test('each step looks at few of a thousand', () => {
  let looks = 0;
  const item = (rank: number): Ranked =>
    ({
      rank,
      tie: 0,
      get place() {
        looks++;
        return this.at;
      },
      set place(at: number) {
        this.at = at;
      },
      at: -1,
    }) as Ranked & { at: number };
  const slots = new RankedSlots<Ranked>();
  const items = Array.from({ length: 1_000 }, (_, i) => item(i));
  items.forEach((one, i) => slots.put(one, i));
  looks = 0;
  for (const one of items) slots.put(one, 1_000 - one.rank);
  expect(looks / 1_000).toBeLessThan(100);
});
