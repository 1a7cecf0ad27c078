import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { everything } from '../../access/Principal.ts';
import type { TokenRecord } from '../../credentials/CredentialStore.ts';
import { openCredentials } from './openCredentials.ts';
import { openDatabase } from './openDatabase.ts';

const root: TokenRecord = {
  id: 'id-root',
  name: 'root',
  hash: 'a'.repeat(64),
  role: 'admin',
  scope: everything,
  createdMs: 1,
  createdBy: 'local',
  expiresMs: undefined,
  revokedMs: undefined,
};
const key = { device: 'r1', publicKey: 'k'.repeat(43), joinedMs: 5, revokedMs: undefined };
const joinRecord = { device: 'r1', hash: 'b'.repeat(64), createdBy: 'root', expiresMs: 9, usedMs: undefined };

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'longline-credentials-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

test('what was written is there after a restart', async () => {
  const data = directory();
  const before = await openCredentials(data);
  before.putToken(root);
  before.putJoin(joinRecord);
  before.join(joinRecord.hash, key);
  before.close();
  const after = await openCredentials(data);
  expect(after.isLocked).toBe(true);
  expect(after.tokens()).toEqual([root]);
  expect(after.robotKeys()).toEqual([key]);
  expect(after.joins()).toEqual([{ ...joinRecord, usedMs: 5 }]);
  after.close();
});

test('a running server sees at once what another process writes, and keeps the records that did not change', async () => {
  const data = directory();
  const server = await openCredentials(data);
  server.putToken(root);
  const known = server.findToken(root.hash);
  const init = await openCredentials(data);
  init.putToken({ ...root, id: 'id-2', name: 'second', hash: 'c'.repeat(64) });
  expect(server.findToken('c'.repeat(64))?.name).toBe('second');
  expect(server.findToken(root.hash)).toBe(known);
  init.putToken({ ...root, revokedMs: 4 });
  expect(server.findToken(root.hash)?.revokedMs).toBe(4);
  init.close();
  server.close();
});

test('one join token makes one key, though two processes know it', async () => {
  const data = directory();
  const one = await openCredentials(data);
  const other = await openCredentials(data);
  one.putJoin(joinRecord);
  expect(other.findJoin(joinRecord.hash)).toEqual(joinRecord);
  expect([one.join(joinRecord.hash, key), other.join(joinRecord.hash, key)]).toEqual([true, false]);
  one.close();
  other.close();
});

test('it opens beside the database that a server has to itself', async () => {
  const data = directory();
  const history = await openDatabase(data);
  const store = await openCredentials(data);
  store.putToken(root);
  store.close();
  history.close();
});

test('only this user can read the files, and the directory where it was made', async () => {
  const data = join(directory(), 'made');
  const store = await openCredentials(data);
  store.putToken(root);
  const files = readdirSync(data).map((name) => join(data, name));
  expect(files.length).toBeGreaterThan(1);
  expect([data, ...files].map((path) => statSync(path).mode & 0o077)).toEqual([data, ...files].map(() => 0));
  store.close();
});

test('a file that others could read is closed to them', async () => {
  const data = directory();
  (await openCredentials(data)).close();
  chmodSync(join(data, 'credentials.db'), 0o644);
  (await openCredentials(data)).close();
  expect(statSync(join(data, 'credentials.db')).mode & 0o777).toBe(0o600);
});

test('a damaged file lets nobody in, and says what to do', async () => {
  const data = directory();
  writeFileSync(join(data, 'credentials.db'), 'this is no database, and was none before');
  const opened = openCredentials(data);
  await expect(opened).rejects.toMatchObject({ code: 'STORE_UNUSABLE' });
  await expect(opened).rejects.toThrow('longline init');
});
