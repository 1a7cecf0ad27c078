/** Where a component tells what an operator may want to know; a pino logger fits. */
export interface Log {
  warn(details: Readonly<Record<string, unknown>>, message: string): void;
}

/** Says nothing. */
export const silentLog: Log = { warn: () => undefined };
