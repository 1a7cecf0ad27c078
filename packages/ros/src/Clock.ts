import type { Disposer } from './RosGraph.ts';

/** The time and timers that a component is given, so that tests can give it others. */
export interface Clock {
  /** Milliseconds on a clock that never jumps; its zero means nothing. */
  monotonicMs(): number;
  /** Nanoseconds since 1970 on the wall clock, which may jump. */
  wallNs(): bigint;
  /** Calls back once after `delayMs`; the disposer cancels. */
  after(delayMs: number, callback: () => void): Disposer;
}

/** This machine's clocks. Wall time follows the system's corrections and has microseconds. */
export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallNs,
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

let originMs = Number.NaN;

/** `Date.now()` has whole milliseconds; the monotonic clock gives the rest, and is set anew when the two part by more than 2 ms. */
function wallNs(): bigint {
  const elapsedMs = performance.now();
  const wallMs = Date.now();
  if (!(Math.abs(originMs + elapsedMs - wallMs) <= 2)) originMs = wallMs - elapsedMs;
  return BigInt(Math.round((originMs + elapsedMs) * 1000)) * 1000n;
}
