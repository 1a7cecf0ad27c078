import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AgentError } from '../errors.ts';

/** Largest secret file read, in bytes. */
const MAX_BYTES = 128 * 1024;
/** Any right of the group or of others. */
const OTHERS = 0o077;

/**
 * Reads a file that is for this user alone; undefined where there is none. Throws `IDENTITY_UNUSABLE` where it cannot be read, or
 * others may.
 */
export function readSecretFile(path: string): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const { mode, size } = fstatSync(file);
    // Windows has no such modes.
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0)
      throw new AgentError(
        'IDENTITY_UNUSABLE',
        `${path} holds a private key, and others may read it: chmod 600 ${path}`,
      );
    if (size > MAX_BYTES) throw new AgentError('IDENTITY_UNUSABLE', `${path} has ${size} bytes; it is no identity.`);
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof AgentError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    if (code === 'ENOENT') return undefined;
    throw new AgentError('IDENTITY_UNUSABLE', `${path} cannot be read (${code}). Let the user of the agent own it.`, {
      cause,
    });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/**
 * Writes a file for this user alone, in a folder that is made so where it is missing: beside it, synced and renamed over it, so that a
 * power cut leaves the old one or the new one. Rejects with `STATE_UNWRITABLE`.
 */
export async function writeSecretFile(path: string, text: string): Promise<void> {
  const folder = dirname(path);
  const beside = `${path}.new`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Made anew: one that is there may be open to others.
    await rm(beside, { force: true });
    const file = await open(beside, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
    const entries = await open(folder, 'r');
    try {
      await entries.sync();
    } finally {
      await entries.close();
    }
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    throw new AgentError(
      'STATE_UNWRITABLE',
      `${path} cannot be written (${code}). Use a folder that this user may write.`,
      {
        cause,
      },
    );
  }
}
