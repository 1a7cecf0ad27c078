import { expect, test } from 'vitest';
import type { Clock } from './Clock.ts';
import { Throttle } from './Throttle.ts';

class TestClock implements Clock {
  nowMs = 0;
  #timers: { atMs: number; callback: () => void }[] = [];

  monotonicMs(): number {
    return this.nowMs;
  }

  wallNs(): bigint {
    return BigInt(Math.round(this.nowMs * 1e6));
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.nowMs + delayMs, callback };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  get timers(): number {
    return this.#timers.length;
  }

  /** Moves on, calling timers when due, `lateMs` late. */
  advanceTo(toMs: number, lateMs = 0): void {
    for (;;) {
      const next = this.#timers.sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs + lateMs > toMs) break;
      this.#timers.shift();
      this.nowMs = next.atMs + lateMs;
      next.callback();
    }
    this.nowMs = toMs;
  }
}

function setup(rateHz: number | undefined) {
  const clock = new TestClock();
  const events: string[] = [];
  const throttle = new Throttle<number>({
    rateHz,
    clock,
    deliver: (value) => events.push(`${value}@${Math.round(clock.nowMs)}`),
    handleDropped: (count) => events.push(`dropped ${count}`),
  });
  return { clock, events, throttle };
}

test('the first value passes at once, the newest of the rest at the end of the interval', () => {
  const { clock, events, throttle } = setup(10);
  for (const value of [1, 2, 3, 4]) throttle.handle(value);
  expect(events).toEqual(['1@0']);
  clock.advanceTo(100);
  expect(events).toEqual(['1@0', 'dropped 2', '4@100']);
  expect(clock.timers).toBe(0);
});

test('values slower than the limit pass untouched and at once', () => {
  const { clock, events, throttle } = setup(10);
  for (const atMs of [0, 150, 300]) {
    clock.advanceTo(atMs);
    throttle.handle(atMs);
  }
  expect(events).toEqual(['0@0', '150@150', '300@300']);
});

test('a second of 1 kHz through 50 Hz gives 50 values although timers are late', () => {
  const { clock, events, throttle } = setup(50);
  for (let ms = 0; ms < 1000; ms++) {
    clock.advanceTo(ms, 1);
    throttle.handle(ms);
  }
  expect(events.filter((event) => event.includes('@'))).toHaveLength(50);
});

test('nothing is delivered after close, and no timer stays', () => {
  const { clock, events, throttle } = setup(10);
  throttle.handle(1);
  throttle.handle(2);
  throttle.close();
  throttle.close();
  throttle.handle(3);
  expect(clock.timers).toBe(0);
  clock.advanceTo(1000);
  expect(events).toEqual(['1@0']);
});

test('a value may close the throttle while it is delivered', () => {
  const clock = new TestClock();
  const throttle: Throttle<number> = new Throttle({ rateHz: 1, clock, deliver: () => throttle.close() });
  throttle.handle(1);
  throttle.handle(2);
  expect(clock.timers).toBe(0);
});

test('without a rate everything passes', () => {
  const { events, throttle } = setup(undefined);
  throttle.handle(1);
  throttle.handle(2);
  expect(events).toEqual(['1@0', '2@0']);
});

test.each([0, -1, Number.NaN])('a rate of %s is refused', (rateHz) => {
  expect(() => setup(rateHz)).toThrow(expect.objectContaining({ code: 'PARAMETER_INVALID' }));
});
