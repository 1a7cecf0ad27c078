import { DEFAULT_DEADLINE_MS, RosError } from '@longline/ros';
import type { Clock, OperationOptions } from '@longline/ros';

/**
 * Runs `work` with a signal that aborts at the deadline (`ROS_TIMEOUT`), with the caller's signal, or when `closing`
 * aborts. The result is rejected at that moment, whether or not `work` heeds its signal.
 */
export async function bounded<T>(
  what: string,
  options: OperationOptions & { readonly clock: Clock; readonly closing?: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS;
  const controller = new AbortController();
  const parents = [options.signal, options.closing].filter((signal) => signal !== undefined);
  for (const parent of parents) parent.throwIfAborted();
  const abandon = (event: Event): void => {
    if (event.target instanceof AbortSignal) controller.abort(event.target.reason);
  };
  for (const parent of parents) parent.addEventListener('abort', abandon, { once: true });
  const cancelTimer = options.clock.after(deadlineMs, () => {
    const error = new RosError('ROS_TIMEOUT', `${what}: not done within ${deadlineMs} ms.`, {
      details: { deadlineMs },
    });
    controller.abort(error);
  });
  const aborted = new Promise<never>((_resolve, reject) => {
    // Whatever the caller gave as the reason is what it gets back.
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error), { once: true });
  });
  try {
    return await Promise.race([work(controller.signal), aborted]);
  } finally {
    cancelTimer();
    for (const parent of parents) parent.removeEventListener('abort', abandon);
  }
}
