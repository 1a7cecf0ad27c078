import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { Ticker } from './Ticker.ts';

function tickedAt(): { clock: FakeClock; ticker: Ticker; dueMs: number[] } {
  const clock = new FakeClock({ startMs: 1000.25 });
  const dueMs: number[] = [];
  const ticker = new Ticker({ clock, intervalMs: 16, handleTick: (at) => dueMs.push(at - 1000.25) });
  ticker.start();
  return { clock, ticker, dueMs };
}

test('ticks come at whole intervals from the start', async () => {
  const { clock, dueMs } = tickedAt();
  await clock.advance(64);
  expect(dueMs).toEqual([16, 32, 48, 64]);
});

test('late timers do not add up', async () => {
  const { clock, dueMs } = tickedAt();
  for (let i = 0; i < 100; i++) {
    clock.stall(10);
    await clock.advance(6);
  }
  expect(dueMs).toHaveLength(100);
  expect(dueMs.at(-1)).toBe(1600);
});

test('after a stall five ticks are made up for and the rest is skipped', async () => {
  const { clock, dueMs } = tickedAt();
  clock.stall(1600);
  await clock.advance(0);
  expect(dueMs).toEqual([1536, 1552, 1568, 1584, 1600]);
  await clock.advance(16);
  expect(dueMs.at(-1)).toBe(1616);
});

test('stopped it leaves no timer and never ticks again', async () => {
  const { clock, ticker, dueMs } = tickedAt();
  ticker.stop();
  ticker.stop();
  ticker.start();
  expect(clock.pendingTimers).toBe(0);
  await clock.advance(100);
  expect(dueMs).toEqual([]);
});
