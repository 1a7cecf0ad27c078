import { DEFAULT_DEADLINE_MS } from '@longline/ros';
import type { Clock, OperationOptions } from '@longline/ros';

/**
 * Resolves as `promise` does, unless the deadline (default 5,000 ms) passes first, which rejects with `makeError()`, or
 * the signal aborts, which rejects with its reason.
 */
export function waitBounded<T>(
  clock: Clock,
  promise: Promise<T>,
  { signal, deadlineMs = DEFAULT_DEADLINE_MS }: OperationOptions,
  makeError: () => Error,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const handleAbort = (): void => settle(() => reject(reasonOf(signal)));
    const cancel = clock.after(deadlineMs, () => settle(() => reject(makeError())));
    const settle = (act: () => void): void => {
      cancel();
      signal?.removeEventListener('abort', handleAbort);
      act();
    };
    if (signal?.aborted === true) return handleAbort();
    signal?.addEventListener('abort', handleAbort);
    promise.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error instanceof Error ? error : new Error(String(error)))),
    );
  });
}

const reasonOf = (signal: AbortSignal | undefined): Error =>
  signal?.reason instanceof Error ? signal.reason : new DOMException('The wait was aborted', 'AbortError');
