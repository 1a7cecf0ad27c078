/** Default bound of every wait in tests, in milliseconds of real time. */
export const DEFAULT_WAIT_MS = 5_000;

/** Between two looks at a condition that nothing announces, in milliseconds. */
const LOOK_INTERVAL_MS = 5;

export interface WaitOptions {
  /** Milliseconds of real time after which the wait rejects. Default 5,000. */
  readonly timeoutMs?: number;
  /** What is waited for, in words, for the error. */
  readonly what?: string;
}

/**
 * Resolves to the condition's first value that is neither `undefined`, `null` nor `false`, looking again every 5 ms.
 *
 * For what announces itself use {@link waitForEvent} or an `Inbox`. A condition that throws counts as not yet met; its
 * last error is the cause of the time-out.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  options: WaitOptions = {},
): Promise<Exclude<T, undefined | null | false>> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_WAIT_MS;
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    let cause: unknown;
    try {
      const value = await condition();
      if (isPresent(value)) return value;
    } catch (error) {
      cause = error;
    }
    if (performance.now() >= endMs) {
      throw new Error(`${options.what ?? condition.toString()} did not come within ${timeoutMs} ms`, { cause });
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL_MS));
  }
}

const isPresent = <T>(value: T): value is Exclude<T, undefined | null | false> =>
  value !== undefined && value !== null && value !== false;

/** What Node's emitters, sockets and servers have in common. */
export interface EventSource {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  off(event: string, listener: (...args: unknown[]) => void): unknown;
}

export interface WaitForEventOptions extends WaitOptions {
  /** Takes the event that is meant; default the first. */
  readonly where?: (...args: unknown[]) => boolean;
}

/** Resolves to the arguments of the next event of that name. */
export async function waitForEvent(
  source: EventSource,
  event: string,
  options: WaitForEventOptions = {},
): Promise<unknown[]> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_WAIT_MS;
  const { promise, resolve, reject } = Promise.withResolvers<unknown[]>();
  const handleEvent = (...args: unknown[]): void => {
    if (options.where?.(...args) ?? true) resolve(args);
  };
  const timer = setTimeout(
    () => reject(new Error(`${options.what ?? `Event ${event}`} did not come within ${timeoutMs} ms`)),
    timeoutMs,
  );
  source.on(event, handleEvent);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    source.off(event, handleEvent);
  }
}
