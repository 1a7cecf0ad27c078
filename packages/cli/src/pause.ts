import { systemClock } from '@longline/ros';

/** Resolves after so many milliseconds, or when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = systemClock.after(ms, end);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
