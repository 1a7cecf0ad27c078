export { CliError, cliErrorCodes } from './errors.ts';
export type { CliErrorCode } from './errors.ts';
export { runCli } from './runCli.ts';
export type { Terminal } from './Terminal.ts';
