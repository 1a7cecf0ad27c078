import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import type { BridgeAnswer } from './CallConnection.ts';
import { Rosapi } from './Rosapi.ts';
import { COUNT_AGE_MS, COUNT_WAIT_MS, SubscriberCounts } from './SubscriberCounts.ts';

function setUp(answer: () => Promise<BridgeAnswer>) {
  const clock = new FakeClock();
  let asked = 0;
  const rosapi = new Rosapi({
    call: () => {
      asked++;
      return answer();
    },
  });
  return { clock, asked: () => asked, counts: new SubscriberCounts({ rosapi, clock, isReadHere: () => false }) };
}

test('the robot is asked once a second for each topic', async () => {
  const { clock, counts, asked } = setUp(() =>
    Promise.resolve({ result: true, values: { subscribers: ['/a', '/b'] } }),
  );
  expect([await counts.count('/x'), await counts.count('/x')]).toEqual([2, 2]);
  expect(asked()).toBe(1);
  await clock.advance(COUNT_AGE_MS);
  await counts.count('/x');
  expect(asked()).toBe(2);
});

test('a robot that is slow to answer does not hold up who publishes', async () => {
  const { clock, counts } = setUp(() => new Promise(() => undefined));
  const count = counts.count('/x');
  await clock.advance(COUNT_WAIT_MS);
  expect(await count).toBeUndefined();
});

test('a robot that refuses to say is no error', async () => {
  const { counts } = setUp(() => Promise.resolve({ result: false, values: 'no' }));
  expect(await counts.count('/x')).toBeUndefined();
});
