import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Schema } from './Schema.ts';

const known = new WeakMap<Schema, string>();

/** Names a definition: the first 32 hex digits of SHA-256 over name, NUL, encoding, NUL, text in UTF-8. */
export function schemaHash(schema: Schema): string {
  let hash = known.get(schema);
  if (hash === undefined) {
    hash = bytesToHex(sha256(utf8ToBytes(`${schema.name}\0${schema.encoding}\0${schema.text}`))).slice(0, 32);
    known.set(schema, hash);
  }
  return hash;
}
