import { fail, ok } from './Finding.ts';
import type { Finding } from './Finding.ts';
import type { Machine } from './Machine.ts';

/** A file or folder that only its owner may read. Nothing is found where there is none. */
export async function checkSecretFile(machine: Machine, what: string, path: string): Promise<Finding[]> {
  const facts = await machine.file(path);
  if (facts === undefined) return [];
  const wanted = facts.isDirectory ? '700' : '600';
  if (machine.userId !== undefined && facts.ownerId !== machine.userId && machine.userId !== 0) {
    return [
      fail(what, `${path} belongs to another user`, `Run this as that user, or: sudo chown -R $(id -un) ${path}`),
    ];
  }
  if ((facts.mode & 0o077) !== 0) {
    return [fail(what, `${path} can be read by others (mode ${facts.mode.toString(8)})`, `chmod ${wanted} ${path}`)];
  }
  return [ok(what, `${path} is for its owner alone`)];
}
