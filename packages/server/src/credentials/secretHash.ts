import { createHash, randomBytes } from 'node:crypto';

/** A fresh secret: the prefix and 32 random bytes as base64url. */
export const newSecret = (prefix: 'll_' | 'lj_' | 'ld_' | 'lt_'): string =>
  prefix + randomBytes(32).toString('base64url');

/**
 * SHA-256 of a secret, 64 hexadecimal digits: as it is kept, and looked up. A secret of 256 random bits needs no slow hash, and who
 * compares hashes learns from the time only what nobody can choose.
 */
export const secretHash = (secret: string): string => createHash('sha256').update(secret).digest('hex');
