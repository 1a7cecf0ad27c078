import type { Logger } from 'pino';

/** Where the agent tells what an operator may want to know; a pino logger fits. */
export type Log = Pick<Logger, 'info' | 'warn' | 'error' | 'debug'>;

const nothing = (): void => undefined;

/** Says nothing. */
export const silentLog: Log = { info: nothing, warn: nothing, error: nothing, debug: nothing };
