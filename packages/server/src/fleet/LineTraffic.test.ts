import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { LineTraffic } from './LineTraffic.ts';

test('a steady stream has its rate, from the first half second on', async () => {
  const clock = new FakeClock();
  const traffic = new LineTraffic(clock);
  const rates: number[] = [];
  for (let at = 0; at < 1_000; at++) {
    await clock.advance(10);
    traffic.handleFrame(100);
    if (at >= 50) rates.push(traffic.bytesPerSecond);
  }
  expect(Math.min(...rates)).toBeGreaterThan(9_900);
  expect(Math.max(...rates)).toBeLessThan(10_200);
  expect(traffic).toMatchObject({ frames: 1_000, bytes: 100_000 });
});

test('after a stream ends its rate is 0 within 4 s, and that of heartbeats stays what it is', async () => {
  const clock = new FakeClock();
  const traffic = new LineTraffic(clock);
  traffic.handleFrame(100_000);
  await clock.advance(4_000);
  expect(traffic.bytesPerSecond).toBe(0);
  for (let at = 0; at < 10; at++) {
    traffic.handleFrame(40);
    await clock.advance(1_900);
    if (at > 1) expect(Math.abs(traffic.bytesPerSecond - 20)).toBeLessThan(15);
    await clock.advance(100);
  }
});
