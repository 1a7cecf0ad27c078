import { generateKeyPairSync, sign } from 'node:crypto';
import type { HelloSigner } from '@longline/line';
import type { LockedServer } from './startLockedServer.ts';

/** A robot joins a locked server. Resolves to what its agent signs with. */
export async function joinRobot({ api }: LockedServer, device: string): Promise<HelloSigner> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x: key = '' } = publicKey.export({ format: 'jwk' });
  const permitted = await api('POST', `/api/v1/devices/${device}/join-token`);
  const token = String(permitted.body['token']);
  const signature = sign(null, Buffer.from(`longline.v1 join\n${token}\n${key}`), privateKey).toString('base64url');
  const joined = await api('POST', '/api/v1/join', { token, publicKey: key, signature }, '');
  if (joined.status !== 200) throw new Error(`could not join: ${JSON.stringify(joined.body)}`);
  return { server: String(joined.body['server']), sign: (text) => sign(null, text, privateKey) };
}
