import { LonglineError } from '@longline/ros';

/** Codes with which a server says that it does not take who asks. */
const codes: ReadonlySet<string> = new Set([
  'ACCESS_REVOKED',
  'CREDENTIAL_NEEDED',
  'TOKEN_EXPIRED',
  'TOKEN_REVOKED',
  'TOKEN_UNKNOWN',
]);

/** A refusal of the server, with what to do about it at the command line. */
export function refusedHere(code: string, message: string, server: string): LonglineError {
  const help = codes.has(code) && !message.includes('longline login') ? ` Then: longline login ${server}` : '';
  return new LonglineError(code, `${message}${help}`);
}
