import { z } from 'zod';

/** Random bytes of a nonce; in base64url they are 43 characters. */
export const NONCE_BYTES = 32;

/** Most bytes of a challenge record's JSON. */
export const MAX_CHALLENGE_BYTES = 2_048;

/** Name of a server: 1 to 128 characters without control characters, so that it fills one line of what is signed. */
export const serverNameSchema = z.string().regex(/^[^\p{Cc}]{1,128}$/u, 'is not a name of 1 to 128 characters');

/** Clause 2.8: the server's first word to an agent, new on every connection. */
export const challengeSchema = z.object({
  nonce: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'is not 32 bytes in base64url'),
  server: serverNameSchema,
});
export type Challenge = z.infer<typeof challengeSchema>;

/** How a robot that joined a server proves itself (clause 2.8). */
export interface HelloSigner {
  /** Name of the server that it joined: it signs for no other. */
  readonly server: string;
  /** The Ed25519 signature (RFC 8032) of these bytes by the robot's key: 64 bytes. */
  sign(text: Uint8Array): Uint8Array;
}

/** What came with a hello to prove it. Both are valid during the call only. */
export interface HelloProof {
  /** 64 bytes, or none. */
  readonly signature: Uint8Array;
  /** The bytes that it must be the signature of. */
  readonly text: Uint8Array;
}

const encoder = new TextEncoder();

/** What a robot signs: this challenge and its hello, byte for byte (clause 2.8). */
export function helloText({ nonce, server }: Challenge, header: Uint8Array): Uint8Array {
  const head = encoder.encode(`longline.v1 hello\n${nonce}\n${server}\n`);
  const text = new Uint8Array(head.length + header.length);
  text.set(head);
  text.set(header, head.length);
  return text;
}
