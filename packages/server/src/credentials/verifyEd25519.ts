import { createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** Bytes of a raw public key; in base64url they are 43 characters. */
const publicKeyText = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/** Whether a text is a raw Ed25519 public key in base64url, as far as its form says: 32 bytes, written in the one way there is. */
export const isPublicKey = (text: string): boolean => publicKeyText.test(text);

/**
 * Whether the signature of these bytes is that of the key (RFC 8032), a raw public key in base64url. It is computed beside the event
 * loop: thousands of robots may come back at once. False for what is no key.
 */
export async function verifyEd25519(publicKey: string, text: Uint8Array, signature: Uint8Array): Promise<boolean> {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
  } catch {
    return false;
  }
  return new Promise((resolve) => {
    verify(null, text, key, signature, (error, isSigned) => resolve(error === null && isSigned));
  });
}
