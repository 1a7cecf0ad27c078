/** Where it is told what no status says; `console` and pino's loggers fit. */
export interface Ros1Log {
  warn(text: string): void;
}

/** Says nothing. */
export const silentLog: Ros1Log = { warn: () => undefined };
