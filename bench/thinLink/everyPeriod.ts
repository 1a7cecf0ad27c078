import { sharedNowMs } from './sharedClock.ts';

/** How late the timers of this process were, in milliseconds; what a busy machine does to everything it measures. */
export const timersLateMs: number[] = [];

/**
 * Calls back at a rate, on a schedule of absolute times: a late timer shifts no later call. After a stall of more than a
 * period the missed calls are left out. Returns what ends it.
 */
export function everyPeriod(rateHz: number, phase: number, call: () => void): () => void {
  const periodMs = 1000 / rateHz;
  let dueMs = sharedNowMs() + phase * periodMs;
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    timer = setTimeout(tick, Math.max(0, dueMs - sharedNowMs()));
  };
  const tick = (): void => {
    const nowMs = sharedNowMs();
    // Timers have whole milliseconds and may come a fraction early.
    if (nowMs >= dueMs) {
      timersLateMs.push(nowMs - dueMs);
      call();
      dueMs += periodMs * Math.max(1, Math.ceil((nowMs - dueMs) / periodMs));
    }
    wait();
  };
  wait();
  return () => clearTimeout(timer);
}
