import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { ServerError } from '../errors.ts';

/** Where certificate and key lie, in PEM. */
export interface TlsPaths {
  /** The server's certificate, and after it those that lead to the authority. */
  readonly cert: string;
  /** Its private key, without a passphrase. */
  readonly key: string;
}

/** A certificate and the key that belongs to it, as `node:tls` takes them. */
export interface TlsPair {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly certificate: X509Certificate;
  /** When it ends, in milliseconds since 1970. */
  readonly expiresMs: number;
  /** Whether every user of the machine can read the key. */
  readonly keyIsOpen: boolean;
}

/** Reads a pair and looks whether it can be used now. Throws `TLS_UNUSABLE`. */
export function readTlsPair(paths: TlsPaths, wallMs: number): TlsPair {
  const cert = readPem('certificate', paths.cert);
  const key = readPem('key', paths.key);
  const certificate = parsed(
    () => new X509Certificate(cert),
    `The TLS certificate ${paths.cert} is no certificate in PEM.`,
  );
  const privateKey = parsed(
    (): KeyObject => createPrivateKey(key),
    `The TLS key ${paths.key} is no private key in PEM without a passphrase.`,
  );
  if (!certificate.checkPrivateKey(privateKey)) {
    throw unusable(
      `The TLS key ${paths.key} does not belong to the certificate ${paths.cert}. Give the two of one pair.`,
    );
  }
  const expiresMs = certificate.validToDate.getTime();
  if (wallMs >= expiresMs) {
    throw unusable(`The TLS certificate ${paths.cert} ended at ${iso(expiresMs)}. Renew it, like with: certbot renew`);
  }
  const beginsMs = certificate.validFromDate.getTime();
  if (wallMs < beginsMs) {
    throw unusable(
      `The TLS certificate ${paths.cert} begins at ${iso(beginsMs)}, and it is ${iso(wallMs)} here. Set this machine's clock.`,
    );
  }
  parsed(() => createSecureContext({ cert, key }), `The TLS files ${paths.cert} and ${paths.key} cannot be used.`);
  return { cert, key, certificate, expiresMs, keyIsOpen: (statSync(paths.key).mode & 0o007) !== 0 };
}

function readPem(what: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    throw unusable(`The TLS ${what} ${path} ${why}. Name a file that the server's user may read.`, error);
  }
}

function parsed<T>(parse: () => T, sentence: string): T {
  try {
    return parse();
  } catch (error) {
    throw unusable(`${sentence} Look at it with openssl.`, error);
  }
}

const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

const unusable = (sentence: string, cause?: unknown): ServerError =>
  new ServerError('TLS_UNUSABLE', sentence, { cause });
