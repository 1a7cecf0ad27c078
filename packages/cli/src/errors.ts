import { LonglineError } from '@longline/ros';

/** Codes of the command line itself; docs/errors.md says what each means and what to do. */
export const cliErrorCodes = [
  'ARGUMENT_INVALID',
  'CIRCLE_NOT_DRIVEN',
  'CREDENTIALS_UNUSABLE',
  'DOCTOR_FOUND',
  'FIELD_UNKNOWN',
  'STOP_INCOMPLETE',
] as const;
export type CliErrorCode = (typeof cliErrorCodes)[number];

/** The command line refused something; `ARGUMENT_INVALID` ends it with exit code 2, the others with 1. */
export class CliError extends LonglineError<CliErrorCode> {
  override readonly name = 'CliError';
}
