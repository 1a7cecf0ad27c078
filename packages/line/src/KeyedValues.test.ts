import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyedValues } from './KeyedValues.ts';

interface Value {
  readonly key: number;
  readonly text: string;
}

test('it holds what a Map holds, in the same order, however many there are', () => {
  const step = fc.record({ key: fc.nat(14), text: fc.option(fc.string({ maxLength: 3 })) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const map = new Map<number, Value>();
      const keyed = new KeyedValues<number, Value>(({ key }) => key);
      for (const { key, text } of steps) {
        if (text === null) {
          map.delete(key);
          keyed.delete(key);
        } else {
          map.set(key, { key, text });
          keyed.set({ key, text });
        }
        expect([...keyed.values()]).toEqual([...map.values()]);
        expect(keyed.size).toBe(map.size);
        for (let other = 0; other < 15; other++) expect(keyed.get(other)).toEqual(map.get(other));
      }
    }),
  );
});
