import { X509Certificate, createPrivateKey } from 'node:crypto';
import { join } from 'node:path';
import { checkSecretFile } from './checkSecretFile.ts';
import { fail, ok, warn, why } from './Finding.ts';
import type { Finding } from './Finding.ts';
import type { Machine } from './Machine.ts';

const DAY_MS = 86_400_000;
const CERTIFICATE_DAYS = 14;
/** Less room than this fills with the history of commands sooner or later, in bytes. */
const LOW_SPACE_BYTES = 500_000_000;

/** The data directory of a server on this machine. `isLocked` says whether there was ever an administrator's token. */
export async function checkServerData(
  machine: Machine,
  directory: string,
  isLocked: (directory: string) => Promise<boolean>,
): Promise<Finding[]> {
  const facts = await machine.file(directory);
  if (facts === undefined) {
    return [
      fail('data', `there is no ${directory}`, `longline init --data ${directory} makes it, with the first token.`),
    ];
  }
  if (!facts.isDirectory) return [fail('data', `${directory} is no folder`, 'Name another with --data.')];
  const findings = [
    ...(await checkSecretFile(machine, 'data', directory)),
    ...(await checkSecretFile(machine, 'credentials', join(directory, 'credentials.db'))),
    ...(await checkRoom(machine, 'data', directory)),
  ];
  try {
    const isThere = (await machine.file(join(directory, 'credentials.db'))) !== undefined;
    findings.push(
      isThere && (await isLocked(directory))
        ? ok('locked', 'the server asks everybody for a token')
        : warn(
            'locked',
            'there are no credentials: the server takes everybody on this machine for its administrator',
            `longline init --data ${directory}`,
          ),
    );
  } catch (error) {
    findings.push(
      fail('locked', `the credentials cannot be read: ${why(error)}`, 'Run this as the user that the server runs as.'),
    );
  }
  return findings;
}

/** Whether a folder can be written, and has room. */
export async function checkRoom(machine: Machine, what: string, folder: string): Promise<Finding[]> {
  if (!(await machine.isWritable(folder))) {
    return [
      fail(
        what,
        `${folder} cannot be written`,
        'Run this as the user that the program runs as, or give that user the folder.',
      ),
    ];
  }
  const free = await machine.freeBytes(folder);
  const room = `${Math.floor(free / 1e6)} MB are free`;
  return free < LOW_SPACE_BYTES
    ? [
        warn(
          what,
          `${folder}: only ${room}`,
          'Make room: what cannot be written is kept in memory, and lost with the process.',
        ),
      ]
    : [ok(what, `${folder} can be written, ${room}`)];
}

/** Whether a certificate and a key belong together, and for how long they are good. */
export async function checkTlsFiles(
  machine: Machine,
  { cert, key }: { readonly cert: string | undefined; readonly key: string | undefined },
): Promise<Finding[]> {
  if (cert === undefined && key === undefined) return [];
  if (cert === undefined || key === undefined) {
    return [fail('tls', 'only one of the two files is named', 'Write --tls-cert FILE and --tls-key FILE.')];
  }
  const findings: Finding[] = [];
  try {
    const certificate = new X509Certificate(await machine.readText(cert));
    const days = Math.floor((certificate.validToDate.getTime() - machine.wallMs()) / DAY_MS);
    const names = certificate.subjectAltName ?? certificate.subject;
    if (!certificate.checkPrivateKey(createPrivateKey(await machine.readText(key)))) {
      return [fail('tls', `${key} is not the key of ${cert}`, 'Name the two files of one pair.')];
    }
    if (days < 0) findings.push(fail('tls', `${cert} expired ${-days} days ago`, 'Renew it.'));
    else if (days < CERTIFICATE_DAYS)
      findings.push(
        warn('tls', `${cert} is good for ${days} more days`, 'Renew it; the server takes new files by itself.'),
      );
    else findings.push(ok('tls', `${cert} (${names}) is good for ${days} more days`));
  } catch (error) {
    return [
      fail(
        'tls',
        `the TLS files cannot be used: ${why(error)}`,
        'They are PEM: the certificate with its chain, and its unencrypted key.',
      ),
    ];
  }
  return [...findings, ...(await checkSecretFile(machine, 'tls key', key))];
}
