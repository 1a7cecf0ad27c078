import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { TestReader } from '@longline/testing';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { initCredentials } from './initCredentials.ts';
import { startLockedServer } from '../testing/startLockedServer.ts';
import { startTestServer } from '../testing/startTestServer.ts';

/** How an upgrade was refused: `401 TOKEN_UNKNOWN`. */
function refusedUpgrade(url: string, path: string, authorization?: string): Promise<string> {
  const headers = authorization === undefined ? {} : { authorization };
  const socket = new WebSocket(url.replace('http', 'ws') + path, ['longline.v1'], { headers });
  return new Promise((resolve) => {
    socket.on('open', () => resolve('opened'));
    socket.on('unexpected-response', (_request, response) => {
      response.setEncoding('utf8').once('data', (text: string) => {
        const { code } = JSON.parse(text) as { code: string };
        resolve(`${response.statusCode} ${code} ${response.headers['www-authenticate'] ?? ''}`.trim());
      });
    });
    socket.on('error', () => undefined);
    onTestFinished(() => socket.terminate());
  });
}

test('a locked server asks everybody, on loopback too, and says how to come', async () => {
  const { api, server } = await startLockedServer();
  const { status, headers, body } = await api('GET', '/api/v1/devices', undefined, '');
  expect([status, body['code'], headers.get('www-authenticate')]).toEqual([401, 'CREDENTIAL_NEEDED', 'Bearer']);
  expect(await refusedUpgrade(server.url, '/api/v1/live')).toBe('401 CREDENTIAL_NEEDED Bearer');
  expect((await api('GET', '/api/v1/whoami')).body).toEqual({
    name: 'admin',
    role: 'admin',
    devices: ['*'],
    read: ['/**'],
    write: ['/**'],
    expires: null,
    server: 'longline',
    locked: true,
  });
});

test('an unlocked server takes everybody for the local administrator, and makes no tokens', async () => {
  const { url } = await startTestServer();
  const whoami = await fetch(`${url}/api/v1/whoami`);
  expect(await whoami.json()).toMatchObject({ name: 'local', role: 'admin', locked: false });
  const made = await fetch(`${url}/api/v1/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'ann', role: 'viewer' }),
  });
  expect(made.status).toBe(400);
  expect(await made.text()).toContain('longline init');
});

test('tokens are made, listed without themselves, changed and revoked, and the audit says by whom', async () => {
  const { api, add } = await startLockedServer();
  const ann = await add('ann', { devices: ['truck-*'], read: ['/odom'], write: [] });
  const { body } = await api('GET', '/api/v1/tokens');
  expect(body).toMatchObject({
    tokens: [{ name: 'admin' }, { name: 'ann', devices: ['truck-*'], createdBy: 'admin' }],
  });
  expect(JSON.stringify(body)).not.toMatch(/hash|ll_/);
  const changed = await api('PUT', '/api/v1/tokens/ann', { role: 'viewer', devices: ['truck-7'], expiresInMs: null });
  expect(changed.body).toMatchObject({
    role: 'viewer',
    devices: ['truck-7'],
    read: ['/odom'],
    write: [],
    expires: null,
  });
  expect((await api('GET', '/api/v1/whoami', undefined, ann)).body).toMatchObject({
    name: 'ann',
    devices: ['truck-7'],
  });
  expect((await api('GET', '/api/v1/tokens', undefined, ann)).body['code']).toBe('FORBIDDEN');
  expect((await api('DELETE', '/api/v1/tokens/ann')).body).toEqual({ name: 'ann', revoked: true });
  expect((await api('GET', '/api/v1/whoami', undefined, ann)).body['code']).toBe('TOKEN_REVOKED');
  expect((await api('DELETE', '/api/v1/tokens/ann')).status).toBe(404);
  expect((await api('DELETE', '/api/v1/tokens/admin')).body['code']).toBe('LAST_ADMINISTRATOR');
  expect((await api('GET', '/api/v1/audit')).body).toMatchObject({
    entries: [
      { what: 'token.revoke', principal: 'admin', target: 'ann' },
      { what: 'token.change', principal: 'admin', target: 'ann' },
      { what: 'token.add', principal: 'admin', target: 'ann' },
    ],
  });
});

test('a lost token is made good by init beside the running server, which takes it at once', async () => {
  const { api, directory } = await startLockedServer();
  const { token, wasLocked } = await initCredentials(directory, { name: 'admin-2' });
  expect(wasLocked).toBe(true);
  expect((await api('GET', '/api/v1/whoami', undefined, token)).body).toMatchObject({ name: 'admin-2', role: 'admin' });
});

test('a token survives a restart of the server', async () => {
  const first = await startLockedServer();
  const ann = await first.add('ann');
  await first.server.stop();
  const { url } = await startTestServer({ dataDir: first.directory });
  const whoami = await fetch(`${url}/api/v1/whoami`, { headers: { authorization: `Bearer ${ann}` } });
  expect(await whoami.json()).toMatchObject({ name: 'ann', locked: true });
});

test('a ticket opens one WebSocket and no second, and is none for HTTP', async () => {
  const { add, api, server } = await startLockedServer();
  const ann = await add('ann');
  const { ticket } = (await api('POST', '/api/v1/tickets', undefined, ann)).body;
  const path = `/api/v1/live?ticket=${String(ticket)}`;
  expect((await api('GET', `/api/v1/devices?ticket=${String(ticket)}`, undefined, '')).body['code']).toBe(
    'CREDENTIAL_NEEDED',
  );
  expect(await refusedUpgrade(server.url, path)).toBe('opened');
  expect(await refusedUpgrade(server.url, path)).toBe('401 TICKET_UNKNOWN Bearer');
  expect(await refusedUpgrade(server.url, `/api/v1/live?token=${ann}`)).toBe('400 TOKEN_IN_URL');
  expect(await refusedUpgrade(server.url, `/api/v1/line?token=${ann}`)).toBe('400 TOKEN_IN_URL');
});

test('a revoked token loses its readers and streams at once; those of others stay', async () => {
  const { add, api, server } = await startLockedServer();
  const ann = await add('ann');
  const reader = new TestReader(server.url, { token: ann });
  const other = new TestReader(server.url, { token: await add('bob') });
  await Promise.all([reader.welcomes.first(), other.welcomes.first()]);
  expect((await api('GET', '/api/v1/tokens')).body).toMatchObject({
    tokens: [{ name: 'admin' }, { name: 'ann', connections: 1 }, { name: 'bob', connections: 1 }],
  });
  await api('DELETE', '/api/v1/tokens/ann');
  expect(await reader.closes.first()).toMatchObject({ closeCode: 4401, code: 'ACCESS_REVOKED' });
  expect(await refusedUpgrade(server.url, '/api/v1/live', `Bearer ${ann}`)).toBe('401 TOKEN_REVOKED Bearer');
  expect(other.end.state).toBe('open');
  await other.stop();
});

test('changed rights close the line for the client to come again, an expiry closes it for good', async () => {
  const { add, api, server } = await startLockedServer();
  const ann = await add('ann');
  const reader = new TestReader(server.url, { token: ann });
  await reader.welcomes.first();
  await api('PUT', '/api/v1/tokens/ann', { role: 'viewer' });
  expect(await reader.closes.first()).toMatchObject({ closeCode: 4403, code: 'RIGHTS_CHANGED' });
  const again = new TestReader(server.url, { token: ann });
  await again.welcomes.first();
  await api('PUT', '/api/v1/tokens/ann', { expiresInMs: 1_000 });
  expect(await again.closes.first()).toMatchObject({ closeCode: 4401, code: 'TOKEN_EXPIRED' });
});

test('one token has so many readers and no more', async () => {
  const { add, server } = await startLockedServer({ limits: { maxReadersPerToken: 2 } });
  const ann = await add('ann');
  const readers = [new TestReader(server.url, { token: ann }), new TestReader(server.url, { token: ann })];
  for (const reader of readers) await reader.welcomes.first();
  expect(await refusedUpgrade(server.url, '/api/v1/live', `Bearer ${ann}`)).toBe('429 TOO_MANY_REQUESTS');
  await readers[0]?.stop();
  await expect.poll(() => refusedUpgrade(server.url, '/api/v1/live', `Bearer ${ann}`)).toBe('opened');
  await readers[1]?.stop();
});

test('a request whose token is revoked before its body has come does nothing', async () => {
  const { add, api, server } = await startLockedServer();
  const ann = await add('ann', { role: 'admin' });
  const body = JSON.stringify({ name: 'eve', role: 'admin' });
  const sent = request(`${server.url}/api/v1/tokens`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${ann}`,
      'content-type': 'application/json',
      'content-length': body.length,
      expect: '100-continue',
    },
  });
  const answered = once(sent, 'response');
  // The server has let it in, and waits for the body.
  await once(sent, 'continue');
  await api('DELETE', '/api/v1/tokens/ann');
  sent.end(body);
  const [response] = (await answered) as [IncomingMessage];
  expect(response.statusCode).toBe(401);
  response.resume();
  expect((await api('GET', '/api/v1/tokens')).body).toMatchObject({ tokens: [{ name: 'admin' }] });
});

test('credentials that cannot be read let nobody in, and where they are is not told', async () => {
  const { api, server, directory, admin } = await startLockedServer({ log: pino({ level: 'silent' }) });
  const other = new DatabaseSync(join(directory, 'credentials.db'));
  other.exec("UPDATE tokens SET role = 'emperor'");
  other.close();
  const { status, body } = await api('GET', '/api/v1/devices');
  expect([status, body['code']]).toEqual([500, 'INTERNAL']);
  expect(JSON.stringify(body)).not.toContain(directory);
  expect(await refusedUpgrade(server.url, '/api/v1/live', `Bearer ${admin}`)).toBe('500 INTERNAL');
});
