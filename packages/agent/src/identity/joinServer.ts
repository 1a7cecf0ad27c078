import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { serverNameSchema } from '@longline/line';
import { LonglineError } from '@longline/ros';
import { z } from 'zod';
import { chosenStateFolder, stateFolder, stateRoot } from '../config/stateFolder.ts';
import { AgentError } from '../errors.ts';
import { writeIdentity } from './identityFile.ts';
import { postJson } from './postJson.ts';
import { robotIdentitySchema } from './RobotIdentity.ts';
import type { RobotIdentity } from './RobotIdentity.ts';
import { readSecretFile, writeSecretFile } from './secretFile.ts';

/** A robot is to join a server. */
export interface JoinOptions {
  /** `http:`, `https:`, `ws:` or `wss:`; its path does not matter. */
  readonly url: string;
  readonly token: string;
  /** Instead of the state folder of the device. */
  readonly stateDir?: string | undefined;
  /** Certificate authorities in PEM, instead of those of the system; kept for the agent. */
  readonly ca?: string | undefined;
  /** An HTTP proxy to go through, for a URL. */
  readonly findProxy?: ((url: string) => string | undefined) | undefined;
  /** Also without TLS to another machine: whoever listens can join in the robot's place. */
  readonly insecure?: boolean | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

/** A robot that joined. */
export interface JoinedRobot {
  readonly identity: RobotIdentity;
  /** Of the file that it was written to. */
  readonly path: string;
  /** Of its key, as the server shows it. */
  readonly fingerprint: string;
}

/** Keeps the key until the server has answered: an answer that is lost must not leave the server with a key that nobody has. */
const PENDING_FILE = 'joining.json';
const pendingSchema = z.object({ tokenHash: z.string(), privateKey: z.string() });

const joinedSchema = z.object({
  device: robotIdentitySchema.shape.device,
  server: serverNameSchema,
  fingerprint: z.string().max(64),
});
const refusalSchema = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
});

/**
 * Makes the robot's key, which never leaves this machine, brings the server its public half, and keeps both as the identity of the
 * device that the token is for. Rejects with `CONNECTION_INSECURE`, `SERVER_UNREACHABLE`, `IDENTITY_UNUSABLE`, `STATE_UNWRITABLE`, and
 * what the server refuses with.
 */
export async function joinServer(options: JoinOptions): Promise<JoinedRobot> {
  const { ca, env, signal, stateDir, token } = options;
  const base = baseUrl(options.url);
  if (base.protocol === 'http:' && !isThisMachine(base) && options.insecure !== true) throw insecure(base);
  const pendingPath = join(chosenStateFolder(stateDir, env) ?? stateRoot(env), PENDING_FILE);
  const privateKey = await keyFor(token, pendingPath);
  const publicKey = createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '';
  const text = Buffer.from(`longline.v1 join\n${token}\n${publicKey}`);
  const signature = sign(null, text, createPrivateKey(privateKey)).toString('base64url');
  const url = new URL('/api/v1/join', base);
  const proxy = options.findProxy?.(url.href);
  const answer = await postJson({ url, body: { token, publicKey, signature }, ca, proxy, signal });
  const { device, server, fingerprint } = joinedOf(answer.status, answer.body, base);
  const identity: RobotIdentity = { device, server, url: base.origin, privateKey, ...(ca === undefined ? {} : { ca }) };
  const path = await writeIdentity(stateFolder({ stateDir, device }, env), identity);
  await rm(pendingPath, { force: true });
  return { identity, path, fingerprint };
}

/** The key that was made for this token before, or a new one. */
async function keyFor(token: string, pendingPath: string): Promise<string> {
  const tokenHash = createHash('sha256').update(token).digest('hex');
  const text = readSecretFile(pendingPath);
  if (text !== undefined) {
    const pending = pendingSchema.safeParse(jsonOf(text)).data;
    if (pending?.tokenHash === tokenHash) return pending.privateKey;
  }
  const { privateKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  await writeSecretFile(pendingPath, `${JSON.stringify({ tokenHash, privateKey })}\n`);
  return privateKey;
}

/** What the server said, also where it had said it before and the answer was lost. */
function joinedOf(status: number, body: unknown, { origin }: URL): z.infer<typeof joinedSchema> {
  const refusal = status === 200 ? undefined : refusalSchema.safeParse(body).data;
  const isRepeated = refusal?.code === 'JOIN_TOKEN_USED' && refusal.details?.['sameKey'] === true;
  if (refusal !== undefined && !isRepeated)
    throw new LonglineError(refusal.code, refusal.message, { details: refusal.details ?? {} });
  const joined = joinedSchema.safeParse(isRepeated ? refusal.details : body).data;
  if (joined !== undefined && (status === 200 || isRepeated)) return joined;
  const what = `${origin} answered ${status}: it is no Longline server, or one that nobody can join.`;
  throw new AgentError('SERVER_UNREACHABLE', `${what} Look at the address.`);
}

/** Throws `CONFIG_INVALID`. */
function baseUrl(text: string): URL {
  const url = URL.parse(text.replace(/^ws(s?):/, 'http$1:'));
  if (url !== null && /^https?:$/.test(url.protocol) && url.hostname !== '') return new URL(url.origin);
  throw new AgentError(
    'CONFIG_INVALID',
    `${text.slice(0, 255)} is no server: write https://HOST or http://localhost:8080.`,
  );
}

const isThisMachine = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);

const insecure = ({ origin }: URL): AgentError =>
  new AgentError(
    'CONNECTION_INSECURE',
    `${origin} is not encrypted: whoever listens could take the token and join in this robot's place. Use the https:// address; --insecure is for closed test networks.`,
  );

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
