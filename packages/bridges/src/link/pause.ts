import type { Clock, Disposer } from '@longline/ros';

/** Resolves after `delayMs`, or as soon as the signal is aborted. */
export function pause(clock: Clock, delayMs: number, given: AbortSignal): Promise<void> {
  if (given.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const cancel: Disposer = clock.after(delayMs, () => {
      given.removeEventListener('abort', handleAbort);
      resolve();
    });
    const handleAbort = (): void => {
      cancel();
      resolve();
    };
    given.addEventListener('abort', handleAbort, { once: true });
  });
}
