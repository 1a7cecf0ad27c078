/** Where life-cycle changes are reported; `console` and pino's loggers fit. */
export interface Ros1Log {
  info(text: string): void;
  warn(text: string): void;
}

/** Says nothing. */
export const silentLog: Ros1Log = { info: () => undefined, warn: () => undefined };
