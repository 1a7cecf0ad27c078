import { LonglineError } from '@longline/ros';

/** Codes of this package; docs/errors.md says what each means and what to do. */
export const clientErrorCodes = [
  'DEVICE_OFFLINE',
  'DEVICE_UNKNOWN',
  'FLEET_CLOSED',
  'LEASE_LOST',
  'LEASE_RELEASED',
  'LIMIT_EXCEEDED',
  'SERVER_UNREACHABLE',
  'SERVER_URL_INVALID',
] as const;
/** One of {@link clientErrorCodes}. */
export type ClientErrorCode = (typeof clientErrorCodes)[number];

/** An error of the SDK itself; what server and robot refuse comes with their own codes. */
export class ClientError extends LonglineError<ClientErrorCode> {
  override readonly name = 'ClientError';
}
