import type { Clock } from '@longline/ros';

/** Resolves when the work is done, or after so many milliseconds; the work then sees its signal aborted. */
export async function within(
  clock: Clock,
  limitMs: number,
  work: (signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const over = new AbortController();
  let cancel = (): void => undefined;
  const limit = new Promise<void>((resolve) => (cancel = clock.after(limitMs, resolve)));
  await Promise.race([work(over.signal), limit]);
  cancel();
  over.abort();
}
