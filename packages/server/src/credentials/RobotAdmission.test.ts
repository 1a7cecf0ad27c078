import { generateKeyPairSync, sign } from 'node:crypto';
import { decodeHello, encodeHello } from '@longline/line';
import type { Challenge, HelloSigner } from '@longline/line';
import { expect, test } from 'vitest';
import { helloOf } from '../testing/FakeRobotLine.ts';
import { MemoryCredentialStore } from './MemoryCredentialStore.ts';
import { RobotAdmission } from './RobotAdmission.ts';
import { everything } from '../access/Principal.ts';

const server = 'longline';
const admin = {
  id: 'a',
  name: 'admin',
  hash: '0'.repeat(64),
  role: 'admin',
  scope: everything,
  createdMs: 0,
  createdBy: 'init',
  expiresMs: undefined,
  revokedMs: undefined,
} as const;

function makeKey(): { readonly publicKey: string; readonly signer: HelloSigner } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    publicKey: publicKey.export({ format: 'jwk' }).x ?? '',
    signer: { server, sign: (text) => sign(null, text, privateKey) },
  };
}

function locked() {
  const store = new MemoryCredentialStore();
  store.putToken(admin);
  const r1 = makeKey();
  store.putRobotKey({ device: 'r1', publicKey: r1.publicKey, joinedMs: 0, revokedMs: undefined });
  return { admission: new RobotAdmission({ store, name: server }), r1, store };
}

const helloBody = (device: string, challenge: Challenge, signer?: HelloSigner): Uint8Array =>
  new Uint8Array(encodeHello(helloOf(device), challenge, signer).flatMap((piece) => [...piece]));

/** As the server's end of the line reads it: against the challenge of its own connection. */
async function admit(admission: RobotAdmission, body: Uint8Array, challenge: Challenge): Promise<string> {
  try {
    const { hello, proof } = decodeHello(body, challenge);
    await admission.check(hello, proof);
    return 'admitted';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

test('a locked server lets a robot in by the signature of its key alone', async () => {
  const { admission, r1 } = locked();
  const challenge = admission.challenge();
  expect(await admit(admission, helloBody('r1', challenge, r1.signer), challenge)).toBe('admitted');
  expect(await admit(admission, helloBody('r1', challenge), challenge)).toBe('DEVICE_KEY_NEEDED');
  expect(await admit(admission, helloBody('r2', challenge, r1.signer), challenge)).toBe('DEVICE_KEY_UNKNOWN');
  expect(await admit(admission, helloBody('r1', challenge, makeKey().signer), challenge)).toBe('SIGNATURE_INVALID');
});

test('an unlocked server lets everybody in, whatever the signature', async () => {
  const admission = new RobotAdmission({ store: new MemoryCredentialStore(), name: server });
  const challenge = admission.challenge();
  expect(await admit(admission, helloBody('r1', challenge), challenge)).toBe('admitted');
  expect(await admit(admission, helloBody('r1', challenge, makeKey().signer), challenge)).toBe('admitted');
});

test('a captured hello is refused on every other connection, and by a server of another name', async () => {
  const { admission, r1, store } = locked();
  const challenge = admission.challenge();
  const captured = helloBody('r1', challenge, r1.signer);
  expect(await admit(admission, captured, admission.challenge())).toBe('SIGNATURE_INVALID');
  const other = new RobotAdmission({ store, name: 'other' });
  expect(await admit(other, captured, { ...challenge, server: 'other' })).toBe('SIGNATURE_INVALID');
});

test('with any byte of it altered a hello is refused', async () => {
  const { admission, r1 } = locked();
  const challenge = admission.challenge();
  const body = helloBody('r1', challenge, r1.signer);
  const outcomes = new Set<string>();
  for (let at = 0; at < body.length; at++) {
    const altered = body.slice();
    altered[at]! ^= 1 << (at % 8);
    outcomes.add(await admit(admission, altered, challenge));
  }
  expect(outcomes).toContain('SIGNATURE_INVALID');
  expect(outcomes).not.toContain('admitted');
});

test('a revoked key is told to be so to its owner alone', async () => {
  const { admission, r1, store } = locked();
  const challenge = admission.challenge();
  store.putRobotKey({ device: 'r1', publicKey: r1.publicKey, joinedMs: 0, revokedMs: 1 });
  expect(await admit(admission, helloBody('r1', challenge, r1.signer), challenge)).toBe('DEVICE_KEY_REVOKED');
  expect(await admit(admission, helloBody('r1', challenge, makeKey().signer), challenge)).toBe('SIGNATURE_INVALID');
});

test.each(['revoked', 'exchanged'])('a key that is %s while its signature is looked at lets nobody in', async (how) => {
  const { admission, r1, store } = locked();
  const challenge = admission.challenge();
  const outcome = admit(admission, helloBody('r1', challenge, r1.signer), challenge);
  const publicKey = how === 'exchanged' ? makeKey().publicKey : r1.publicKey;
  store.putRobotKey({ device: 'r1', publicKey, joinedMs: 0, revokedMs: how === 'revoked' ? 1 : undefined });
  expect(await outcome).toBe(how === 'revoked' ? 'DEVICE_KEY_REVOKED' : 'SIGNATURE_INVALID');
});

test('every connection has a nonce of its own', () => {
  const { admission } = locked();
  const nonces = Array.from({ length: 100 }, () => admission.challenge().nonce);
  expect(new Set(nonces).size).toBe(100);
  for (const nonce of nonces) expect(nonce).toMatch(/^[\w-]{43}$/);
});
