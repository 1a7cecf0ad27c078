import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AgentError } from '../errors.ts';
import { robotIdentitySchema } from './RobotIdentity.ts';
import type { RobotIdentity } from './RobotIdentity.ts';
import { readSecretFile, writeSecretFile } from './secretFile.ts';

/** In the state folder of its device. */
export const IDENTITY_FILE = 'identity.json';
/** Most folders looked into for identities. */
const MAX_FOLDERS = 1_000;

/** The identity in a state folder; undefined where there is none. Throws `IDENTITY_UNUSABLE`. */
export function readIdentity(folder: string): RobotIdentity | undefined {
  const path = join(folder, IDENTITY_FILE);
  const text = readSecretFile(path);
  if (text === undefined) return undefined;
  try {
    const content: unknown = JSON.parse(text);
    return robotIdentitySchema.parse(content);
  } catch {
    // What went wrong might quote the key.
    throw new AgentError(
      'IDENTITY_UNUSABLE',
      `${path} is damaged. Let this robot join anew: longline device rotate ID`,
    );
  }
}

/** Rejects with `STATE_UNWRITABLE`. */
export async function writeIdentity(folder: string, identity: RobotIdentity): Promise<string> {
  const path = join(folder, IDENTITY_FILE);
  await writeSecretFile(path, `${JSON.stringify(identity, undefined, 2)}\n`);
  return path;
}

/** The identities in the folders of a folder, by device. Those that cannot be read are left out. */
export function listIdentities(root: string): RobotIdentity[] {
  let names: string[];
  try {
    names = readdirSync(root).sort().slice(0, MAX_FOLDERS);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    try {
      return readIdentity(join(root, name)) ?? [];
    } catch {
      return [];
    }
  });
}
