/** Where a component tells what an operator may want to know: fields, then a sentence. A pino logger fits. */
export interface Log {
  /** Of use to who looks for a fault. */
  debug(details: object, message: string): void;
  /** A life began, changed or ended. */
  info(details: object, message: string): void;
  /** Something is not as it should be, and goes on. */
  warn(details: object, message: string): void;
  /** Something does not go on, and somebody must act. */
  error(details: object, message: string): void;
}

const nothing = (): void => undefined;

/** Says nothing. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
