import { ServerError } from '../../errors.ts';

/** The credentials cannot be read or written: then nobody is let in. */
export function credentialsUnusable(path: string, error: unknown): ServerError {
  const why = error instanceof Error ? error.message : String(error);
  return new ServerError(
    'STORE_UNUSABLE',
    `The credentials in ${path} cannot be used: ${why}. Give the server a directory that it owns and may write, with free space; ` +
      'a damaged file has to come from a backup, or be made anew with "longline init", after which everybody joins and logs in again.',
    { cause: error, details: { path } },
  );
}
