import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AgentError } from '../errors.ts';

/** Largest file of certificate authorities, in characters: what an identity keeps. */
const MAX_LENGTH = 65_536;

/** Certificate authorities of a file, in PEM. Rejects with `CONFIG_INVALID`. */
export async function readAuthorities(path: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
    if (text.length <= MAX_LENGTH) {
      new X509Certificate(text);
      return text;
    }
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'it is no certificate';
    throw new AgentError('CONFIG_INVALID', `ca: ${path} cannot be used (${why}). Name a file of certificates in PEM.`, {
      cause,
    });
  }
  throw new AgentError(
    'CONFIG_INVALID',
    `ca: ${path} has more than ${MAX_LENGTH} characters. Name only the authority.`,
  );
}
