/** What somebody else waits for as well: this wait ends with the signal, the matter goes on. Rejects with the signal's reason. */
export async function untilAborted<Result>(matter: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return matter;
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const handleAbort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  signal.addEventListener('abort', handleAbort, { once: true });
  try {
    return await Promise.race([matter, promise]);
  } finally {
    signal.removeEventListener('abort', handleAbort);
  }
}
