/** Calls back every `intervalMs` until the signal aborts or the count is reached; resolves then. */
export function repeat(
  intervalMs: number,
  signal: AbortSignal,
  act: () => Promise<void>,
  times = Infinity,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = times;
    let acting = false;
    const stop = (): void => {
      clearInterval(timer);
      signal.removeEventListener('abort', stop);
      resolve();
    };
    const timer = setInterval(() => {
      if (acting) return;
      acting = true;
      act().then(
        () => {
          acting = false;
          if (--left <= 0) stop();
        },
        (error: unknown) => {
          stop();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    }, intervalMs);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
  });
}
