import { expect, test } from 'vitest';
import { FakeClock } from './FakeClock.ts';

test('timers run in order of their time, equal ones in the order they were set', async () => {
  const clock = new FakeClock();
  const ran: string[] = [];
  clock.after(20, () => ran.push(`c@${clock.monotonicMs()}`));
  clock.after(10, () => ran.push(`a@${clock.monotonicMs()}`));
  clock.after(10, () => ran.push(`b@${clock.monotonicMs()}`));
  await clock.advance(19);
  expect(ran).toEqual(['a@10', 'b@10']);
  await clock.advance(1);
  expect(ran).toEqual(['a@10', 'b@10', 'c@20']);
  expect(clock.monotonicMs()).toBe(20);
});

test('promises settle between timers, and timers they set run in the same advance', async () => {
  const clock = new FakeClock();
  const ran: string[] = [];
  const chain = async (): Promise<void> => {
    for (let i = 0; i < 50; i++) await Promise.resolve();
    clock.after(1, () => ran.push(`inner@${clock.monotonicMs()}`));
  };
  clock.after(5, () => void chain());
  clock.after(10, () => ran.push(`outer@${clock.monotonicMs()}`));
  await clock.advance(10);
  expect(ran).toEqual(['inner@6', 'outer@10']);
});

test('a cancelled timer never runs and is not pending', async () => {
  const clock = new FakeClock();
  let ran = false;
  const cancel = clock.after(1, () => (ran = true));
  cancel();
  cancel();
  await clock.advance(10);
  expect(ran).toBe(false);
  expect(clock.pendingTimers).toBe(0);
});

test('the wall clock moves with the monotonic one and can jump alone', async () => {
  const clock = new FakeClock({ wallNs: 1_000_000_000n });
  await clock.advance(1.5);
  expect(clock.wallNs()).toBe(1_001_500_000n);
  clock.setWallNs(5n);
  expect(clock.wallNs()).toBe(5n);
  expect(clock.monotonicMs()).toBe(1.5);
});

test('after a stall the timers that came due run late, at the time it is', async () => {
  const clock = new FakeClock();
  let ranAtMs = -1;
  clock.after(10, () => (ranAtMs = clock.monotonicMs()));
  clock.stall(100);
  expect(ranAtMs).toBe(-1);
  await clock.advance(0);
  expect(ranAtMs).toBe(100);
});

test('a timer that re-arms itself without delay for ever is refused instead of hanging the test', async () => {
  const clock = new FakeClock();
  const rearm = (): void => void clock.after(0, rearm);
  rearm();
  await expect(clock.advance(1)).rejects.toThrow('re-arms for ever');
});

test('two advances at once are refused', async () => {
  const clock = new FakeClock();
  const first = clock.advance(1);
  await expect(clock.advance(1)).rejects.toThrow('await it first');
  await first;
});
