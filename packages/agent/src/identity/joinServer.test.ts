import { createPublicKey, verify } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { loadAgentConfig } from '../config/loadAgentConfig.ts';
import { makeLog } from '../line/FakeNetwork.fixture.ts';
import { readIdentity } from './identityFile.ts';
import { IdentitySigner } from './IdentitySigner.ts';
import { joinServer } from './joinServer.ts';

const token = `lj_${'A'.repeat(43)}`;
interface Sent {
  readonly token: string;
  readonly publicKey: string;
  readonly signature: string;
}
const publicKeyOf = (x: string) => createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });

let env: Record<string, string>;
beforeEach(async () => {
  const home = await mkdtemp(join(tmpdir(), 'longline-join-'));
  env = { XDG_STATE_HOME: home };
  onTestFinished(() => rm(home, { recursive: true }));
});
const folderOf = (device: string): string => join(env['XDG_STATE_HOME'] ?? '', 'longline', device);

/** A server that lets anybody join as the device, or answers otherwise; and what was sent to it. */
async function startServer(
  device: string,
  answer: (count: number) => { status: number; body: object } | 'none' = () => ({ status: 200, body: {} }),
): Promise<{ url: string; sent: Sent[] }> {
  const sent: Sent[] = [];
  const http = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      sent.push(JSON.parse(Buffer.concat(pieces).toString()) as Sent);
      const said = answer(sent.length);
      if (said === 'none') request.socket.destroy();
      else
        response
          .writeHead(said.status, { 'content-type': 'application/json' })
          .end(JSON.stringify({ device, server: 'home', fingerprint: 'f', ...said.body }));
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void http.close());
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, sent };
}

test('a robot that joins keeps its key in a file of its own user, and sends what proves it', async () => {
  const { url, sent } = await startServer('r1');
  const { identity, path, fingerprint } = await joinServer({ url: `${url}/some/path`, token, env });
  expect(fingerprint).toBe('f');
  expect(identity).toMatchObject({ device: 'r1', server: 'home', url });
  expect(path).toBe(join(folderOf('r1'), 'identity.json'));
  expect(readIdentity(folderOf('r1'))).toEqual(identity);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(folderOf('r1'))).mode & 0o777).toBe(0o700);
  expect(await readdir(join(folderOf('r1'), '..'))).toEqual(['r1']);
  const [first] = sent;
  const text = Buffer.from(`longline.v1 join\n${token}\n${first?.publicKey ?? ''}`);
  expect(
    verify(null, text, publicKeyOf(first?.publicKey ?? ''), Buffer.from(first?.signature ?? '', 'base64url')),
  ).toBe(true);
  expect(JSON.stringify(sent)).not.toContain('PRIVATE');
});

test('when the answer is lost the same key is brought again, and the server says that it has it', async () => {
  const details = { device: 'r1', server: 'home', fingerprint: 'f', sameKey: true };
  const { url, sent } = await startServer('r1', (count) =>
    count === 1 ? 'none' : { status: 409, body: { code: 'JOIN_TOKEN_USED', message: 'Used.', details } },
  );
  await expect(joinServer({ url, token, env })).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
  expect(readIdentity(folderOf('r1'))).toBeUndefined();
  await joinServer({ url, token, env });
  expect(sent[1]).toEqual(sent[0]);
  const signer = new IdentitySigner({ folder: folderOf('r1'), device: 'r1', log: makeLog().log }).signer;
  const text = Buffer.from('text');
  expect(verify(null, text, publicKeyOf(sent[0]?.publicKey ?? ''), signer?.sign(text) ?? text)).toBe(true);
});

test('what the server refuses is told with its code, and leaves no identity', async () => {
  const body = { code: 'JOIN_TOKEN_USED', message: 'Used.', details: { sameKey: false } };
  const { url } = await startServer('r1', () => ({ status: 409, body }));
  await expect(joinServer({ url, token, env })).rejects.toMatchObject({ code: 'JOIN_TOKEN_USED' });
  expect(readIdentity(folderOf('r1'))).toBeUndefined();
});

test.each([
  ['http://192.0.2.1:8080', 'CONNECTION_INSECURE'],
  ['ws://fleet.example.com', 'CONNECTION_INSECURE'],
  ['http://localhost.example.com', 'CONNECTION_INSECURE'],
  ['ftp://localhost', 'CONFIG_INVALID'],
  ['nonsense', 'CONFIG_INVALID'],
])('nothing is sent to %s', async (url, code) => {
  await expect(joinServer({ url, token, env })).rejects.toMatchObject({ code });
});

test('an agent takes device and server from the identity there is, and config and flags win', async () => {
  const { url } = await startServer('r1');
  const lineUrl = `${url.replace('http', 'ws')}/api/v1/line`;
  const { device: before } = await loadAgentConfig({ environment: env });
  await joinServer({ url, token, env });
  expect(await loadAgentConfig({ environment: env })).toMatchObject({ device: 'r1', server: [lineUrl] });
  expect((await loadAgentConfig({ environment: env, overrides: { server: 'ws://other' } })).server).toEqual([
    'ws://other/api/v1/line',
  ]);
  const elsewhere = await loadAgentConfig({ environment: env, text: 'device: r9' });
  expect(elsewhere).toMatchObject({ device: 'r9', server: ['ws://localhost:8080/api/v1/line'] });
  expect((await loadAgentConfig({})).device).toBe(before);

  const other = await startServer('r2');
  await joinServer({ url: other.url, token, env });
  await expect(loadAgentConfig({ environment: env })).rejects.toThrow('r1, r2');
  expect((await loadAgentConfig({ environment: env, overrides: { device: 'r1' } })).server).toEqual([lineUrl]);
});

test('a key that others may read, or that is damaged, is not used, and the log says what to do without it', async () => {
  const { url } = await startServer('r1');
  const { identity, path } = await joinServer({ url, token, env });
  const { log, logged } = makeLog();
  const robot = new IdentitySigner({ folder: folderOf('r1'), device: 'r1', log });
  expect(robot.signer?.server).toBe('home');
  await chmod(path, 0o640);
  expect(robot.signer).toBeUndefined();
  expect(robot.signer).toBeUndefined();
  expect(logged.items.map(({ message }) => message)).toEqual([expect.stringContaining(`chmod 600 ${path}`)]);
  await chmod(path, 0o600);
  expect(robot.signer?.server).toBe('home');
  const half = identity.privateKey.slice(0, 60);
  await writeFile(path, JSON.stringify({ ...identity, privateKey: half }));
  expect(robot.signer).toBeUndefined();
  await writeFile(path, JSON.stringify(identity).slice(0, 100));
  expect(robot.signer).toBeUndefined();
  expect(JSON.stringify(logged.items)).not.toContain(half.split('\n')[1]);
  const other = new IdentitySigner({ folder: folderOf('r1'), device: 'r2', log });
  await writeFile(path, JSON.stringify(identity));
  expect(other.signer).toBeUndefined();
  expect(robot.signer).toBeDefined();
});
