import type { Disposer } from '@longline/ros';

/**
 * Changes for a `for await` loop that may be slow: one waits per key, the newest, in the order in which keys first
 * changed. Bounded by the number of keys. Ends when the signal aborts, or when the loop is left.
 *
 * `follow` is given the function that takes a change, and returns the disposer; what it gives at once comes first.
 */
export async function* newestPerKey<T>(
  follow: (put: (key: unknown, item: T) => void) => Disposer,
  signal: AbortSignal | undefined,
): AsyncGenerator<T, undefined> {
  const waiting = new Map<unknown, T>();
  let wake: (() => void) | undefined;
  const handleWake = (): void => wake?.();
  const stop = follow((key, item) => {
    waiting.set(key, item);
    handleWake();
  });
  signal?.addEventListener('abort', handleWake);
  try {
    while (signal?.aborted !== true) {
      const [change] = waiting;
      if (change === undefined) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      waiting.delete(change[0]);
      yield change[1];
    }
  } finally {
    stop();
    signal?.removeEventListener('abort', handleWake);
  }
  return undefined;
}
