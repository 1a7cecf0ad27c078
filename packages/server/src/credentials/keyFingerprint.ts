import { createHash } from 'node:crypto';

/** What people compare of a public key (raw, in base64url): 16 characters of its SHA-256 in base64url. */
export const keyFingerprint = (publicKey: string): string =>
  createHash('sha256').update(Buffer.from(publicKey, 'base64url')).digest('base64url').slice(0, 16);
