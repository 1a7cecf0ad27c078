import { helloText } from './challenge.ts';
import type { Challenge, HelloProof, HelloSigner } from './challenge.ts';
import { LineError } from './errors.ts';
import { helloSchema } from './hello.ts';
import type { AgentHello } from './hello.ts';
import { decodeHeaded, encodeHeaded } from './jsonRecord.ts';

/** Most bytes of the header of an agent's hello. */
export const MAX_HELLO_BYTES = 32 * 1024;
/** Bytes of an Ed25519 signature (RFC 8032). */
export const SIGNATURE_BYTES = 64;

const LENGTH_BYTES = 4;

/** The body of an agent's hello, in pieces: header length and header, then the signature (clause 2.8). */
export function encodeHello(hello: AgentHello, challenge: Challenge, signer?: HelloSigner): Uint8Array[] {
  const head = encodeHeaded(hello);
  if (signer === undefined) return [head];
  return [head, signer.sign(helloText(challenge, head.subarray(LENGTH_BYTES)))];
}

/** Reads the answer to a challenge. Throws `FRAME_MALFORMED`, `FRAME_TOO_LARGE`, `FRAME_UNEXPECTED`. */
export function decodeHello(
  body: Uint8Array,
  challenge: Challenge,
): { readonly hello: AgentHello; readonly proof: HelloProof } {
  const { header: hello, payload: signature } = decodeHeaded('hello', body, helloSchema, MAX_HELLO_BYTES);
  if (hello.role !== 'agent')
    throw new LineError('FRAME_UNEXPECTED', 'readers connect to /api/v1/live, agents to /api/v1/line');
  if (signature.length !== 0 && signature.length !== SIGNATURE_BYTES) {
    throw new LineError(
      'FRAME_MALFORMED',
      `a signature has ${signature.length} bytes; it has ${SIGNATURE_BYTES}, or none`,
    );
  }
  const header = body.subarray(LENGTH_BYTES, body.length - signature.length);
  return { hello, proof: { signature, text: helloText(challenge, header) } };
}
