import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { everything } from '../access/Principal.ts';
import { openCredentials } from '../store/sqlite/openCredentials.ts';
import type { CredentialStore, TokenRecord } from './CredentialStore.ts';
import { MemoryCredentialStore } from './MemoryCredentialStore.ts';

/** Every implementation, each opened empty. */
const implementations: Readonly<Record<string, () => Promise<CredentialStore>>> = {
  MemoryCredentialStore: () => Promise.resolve(new MemoryCredentialStore()),
  SqliteCredentialStore: async () => {
    const directory = mkdtempSync(joinPath(tmpdir(), 'longline-credentials-'));
    const store = await openCredentials(directory);
    onTestFinished(() => {
      store.close();
      rmSync(directory, { recursive: true });
    });
    return store;
  },
};

const ann: TokenRecord = {
  id: 'id-ann',
  name: 'ann',
  hash: 'a'.repeat(64),
  role: 'operator',
  scope: { devices: ['truck-*'], read: ['/**'], write: ['/cmd_vel'] },
  createdMs: 1_000,
  createdBy: 'local',
  expiresMs: 9_000,
  revokedMs: undefined,
};
const key = { device: 'r1', publicKey: 'k'.repeat(43), joinedMs: 5, revokedMs: undefined };
const join = { device: 'r1', hash: 'b'.repeat(64), createdBy: 'ann', expiresMs: 7_000, usedMs: undefined };

describe.each(Object.entries(implementations))('%s', (_name, open) => {
  test('a token is found by its hash, as it was put last', async () => {
    const store = await open();
    store.putToken(ann);
    expect(store.findToken(ann.hash)).toEqual(ann);
    store.putToken({ ...ann, revokedMs: 2_000 });
    expect(store.findToken(ann.hash)).toEqual({ ...ann, revokedMs: 2_000 });
    expect(store.tokens()).toEqual([{ ...ann, revokedMs: 2_000 }]);
    expect(store.findToken('c'.repeat(64))).toBeUndefined();
  });

  test('a forgotten token is unknown, and the store is no less locked', async () => {
    const store = await open();
    store.putToken({ ...ann, role: 'admin' });
    store.forgetToken(ann.id);
    store.forgetToken('nobody');
    expect(store.findToken(ann.hash)).toBeUndefined();
    expect(store.tokens()).toEqual([]);
    expect(store.isLocked).toBe(true);
  });

  test('what was not changed is the same object', async () => {
    const store = await open();
    store.putToken(ann);
    const found = store.findToken(ann.hash);
    store.putToken({ ...ann, id: 'id-bob', name: 'bob', hash: 'd'.repeat(64) });
    expect(store.findToken(ann.hash)).toBe(found);
    expect(store.tokens()).toContain(found);
  });

  test('it is locked from the first token of an administrator on', async () => {
    const store = await open();
    store.putToken(ann);
    expect(store.isLocked).toBe(false);
    const root: TokenRecord = {
      ...ann,
      id: 'id-root',
      name: 'root',
      hash: 'e'.repeat(64),
      role: 'admin',
      scope: everything,
    };
    store.putToken(root);
    expect(store.isLocked).toBe(true);
    store.putToken({ ...root, revokedMs: 3_000 });
    expect(store.isLocked).toBe(true);
  });

  test('a device has one key and one join token, the newest', async () => {
    const store = await open();
    store.putJoin(join);
    store.putJoin({ ...join, hash: 'f'.repeat(64) });
    expect(store.joins()).toEqual([{ ...join, hash: 'f'.repeat(64) }]);
    expect(store.findJoin(join.hash)).toBeUndefined();
    store.putRobotKey(key);
    store.putRobotKey({ ...key, revokedMs: 6 });
    expect(store.robotKey('r1')).toEqual({ ...key, revokedMs: 6 });
    expect(store.robotKeys()).toHaveLength(1);
    expect(store.robotKey('r2')).toBeUndefined();
  });

  test('a plain device has one token, the newest', async () => {
    const store = await open();
    const token = {
      device: 'r2',
      hash: 'c'.repeat(64),
      isUnguarded: true,
      createdBy: 'ann',
      createdMs: 3,
      revokedMs: 4,
    };
    store.putDeviceToken({ ...token, isUnguarded: false, revokedMs: undefined });
    store.putDeviceToken(token);
    expect(store.deviceToken('r2')).toEqual(token);
    expect(store.deviceTokens()).toEqual([token]);
    expect(store.deviceToken('r1')).toBeUndefined();
  });

  test('a join token is used once, together with the key', async () => {
    const store = await open();
    store.putJoin(join);
    expect(store.join(join.hash, key)).toBe(true);
    expect(store.robotKey('r1')).toEqual(key);
    expect(store.findJoin(join.hash)).toEqual({ ...join, usedMs: key.joinedMs });
    expect(store.join(join.hash, { ...key, publicKey: 'x'.repeat(43) })).toBe(false);
    expect(store.join('0'.repeat(64), key)).toBe(false);
    expect(store.robotKey('r1')).toEqual(key);
  });
});
