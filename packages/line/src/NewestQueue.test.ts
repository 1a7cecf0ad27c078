import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NewestQueue } from './NewestQueue.ts';

test('holds the newest in order and counts the others, whatever is pushed and taken', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.boolean(), { maxLength: 50 }), (capacity, pushes) => {
      const queue = new NewestQueue<number>(capacity);
      const model: number[] = [];
      let dropped = 0;
      pushes.forEach((isPush, at) => {
        if (isPush) {
          queue.push(at);
          model.push(at);
          if (model.length > capacity) {
            model.shift();
            dropped++;
          }
        } else {
          expect(queue.shift()).toBe(model.shift());
        }
        expect([queue.length, queue.dropped]).toEqual([model.length, dropped]);
      });
    }),
  );
});

test('what waits is still taken after the end, then comes undefined', async () => {
  const queue = new NewestQueue<string>(2);
  queue.push('a');
  queue.end();
  queue.push('b');
  expect([await queue.next(), await queue.next()]).toEqual(['a', undefined]);
});
