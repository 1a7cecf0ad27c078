import { FakeClock } from '@longline/testing';
import { describe, expect, test, vi } from 'vitest';
import { everything, localAdministrator } from '../access/Principal.ts';
import type { Principal } from '../access/Principal.ts';
import type { Rights } from '../access/Rights.ts';
import { ServerError } from '../errors.ts';
import type { AuditEntry } from '../store/AuditEntry.ts';
import type { TokenRecord } from './CredentialStore.ts';
import { MemoryCredentialStore } from './MemoryCredentialStore.ts';
import { principalOf } from './principalOf.ts';
import type { SessionEnd } from './Sessions.ts';
import { Tokens } from './Tokens.ts';

function rig() {
  const clock = new FakeClock();
  const store = new MemoryCredentialStore();
  const audited: AuditEntry[] = [];
  const ended: { id: string; why: SessionEnd; rights: Rights | undefined }[] = [];
  const tokens = new Tokens({
    store,
    clock,
    audit: { record: (entry) => void audited.push(entry) },
    handleEnded: (id, why, rights) => void ended.push({ id, why, rights }),
  });
  const nowMs = (): number => Number(clock.wallNs() / 1_000_000n);
  return { audited, clock, ended, nowMs, store, tokens };
}
const local = localAdministrator;
const operator = { name: 'ann', role: 'operator', expiresMs: undefined } as const;
const admin = { name: 'root', role: 'admin', expiresMs: undefined } as const;

test('a token is shown once, and only its hash is kept', () => {
  const { audited, store, tokens } = rig();
  const { token, record } = tokens.add(local, operator);
  expect(token).toMatch(/^ll_[\w-]{43}$/);
  expect(store.findToken(record.hash)).toBe(record);
  expect(JSON.stringify([store.tokens(), tokens.list(local), audited])).not.toContain(token.slice(3));
  expect(audited).toEqual([
    {
      what: 'token.add',
      principal: 'local',
      target: 'ann',
      details: { role: 'operator', ...everything, expires: 'never' },
    },
  ]);
});

test('a name is of one token at a time, and whoever gets it later is somebody else', () => {
  const { tokens } = rig();
  const { record } = tokens.add(local, operator);
  expect(() => tokens.add(local, operator)).toThrow(expect.objectContaining({ code: 'TOKEN_NAME_TAKEN' }));
  tokens.revoke(local, 'ann');
  expect(tokens.list(local)).toEqual([]);
  expect(tokens.add(local, operator).record.id).not.toBe(record.id);
});

test('revoked tokens are remembered, and not for ever', async () => {
  const { clock, store, tokens } = rig();
  const revoked = (n: number): TokenRecord => ({
    ...{ id: `id-${n}`, name: `t${n}`, hash: String(n).padStart(64, '0'), role: 'viewer', scope: everything },
    ...{ createdMs: 0, createdBy: 'local', expiresMs: undefined, revokedMs: n },
  });
  for (let n = 0; n < 10_000; n++) store.putToken(revoked(n + 5));
  await clock.advance(1);
  const { hash } = tokens.add(local, operator).record;
  tokens.revoke(local, 'ann');
  expect(store.tokens()).toHaveLength(10_000);
  expect(store.findToken(revoked(5).hash)).toBeUndefined();
  expect(store.findToken(hash)?.revokedMs).toBeDefined();
});

test.each(['', 'local', 'with space', 'a/b', 'x'.repeat(65), 'ä'])('%j is no name of a token', (name) => {
  const { tokens } = rig();
  expect(() => tokens.add(local, { ...operator, name })).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
});

test('patterns that cannot be read are refused, and nothing is kept', () => {
  const { store, tokens } = rig();
  const scope = { ...everything, read: ['no slash [('] };
  expect(() => tokens.add(local, { ...operator, scope })).toThrow(expect.objectContaining({ code: 'PATTERN_INVALID' }));
  expect(store.tokens()).toEqual([]);
  tokens.add(local, operator);
  expect(() => tokens.change(local, 'ann', { scope })).toThrow(expect.objectContaining({ code: 'PATTERN_INVALID' }));
  expect(store.tokens()[0]?.scope).toEqual(everything);
});

describe('who manages tokens', () => {
  const someone = (role: Principal['role'], scope = everything): Principal => ({ id: 'x', name: 'x', role, scope });

  test.each([
    someone('viewer'),
    someone('operator'),
    someone('admin', { ...everything, devices: ['truck-*'] }),
    someone('admin', { ...everything, read: ['/odom'] }),
    someone('admin', { ...everything, write: [] }),
  ])('is an administrator of everything, not $role $scope', (principal) => {
    const { tokens } = rig();
    tokens.add(local, operator);
    const forbidden = expect.objectContaining({ code: 'FORBIDDEN' }) as Error;
    expect(() => tokens.list(principal)).toThrow(forbidden);
    expect(() => tokens.add(principal, admin)).toThrow(forbidden);
    expect(() => tokens.change(principal, 'ann', { role: 'admin' })).toThrow(forbidden);
    expect(() => tokens.revoke(principal, 'ann')).toThrow(forbidden);
  });

  test('is always somebody: the last one cannot be taken away or made less', () => {
    const { nowMs, tokens } = rig();
    tokens.add(local, admin);
    tokens.add(local, { ...admin, name: 'part', scope: { ...everything, devices: ['truck-*'] } });
    const last = expect.objectContaining({ code: 'LAST_ADMINISTRATOR' }) as Error;
    expect(() => tokens.revoke(local, 'root')).toThrow(last);
    expect(() => tokens.change(local, 'root', { role: 'operator' })).toThrow(last);
    expect(() => tokens.change(local, 'root', { scope: { ...everything, read: [] } })).toThrow(last);
    expect(() => tokens.change(local, 'root', { expiresMs: nowMs() - 1 })).toThrow(last);
    tokens.add(local, { ...admin, name: 'second' });
    tokens.revoke(local, 'root');
    expect(() => tokens.revoke(local, 'second')).toThrow(last);
  });

  test('an administrator whose token has expired does not count as one that is left', async () => {
    const { clock, nowMs, tokens } = rig();
    tokens.add(local, admin);
    tokens.add(local, { ...admin, name: 'second', expiresMs: nowMs() + 1_000 });
    await clock.advance(1_000);
    expect(() => tokens.revoke(local, 'root')).toThrow(expect.objectContaining({ code: 'LAST_ADMINISTRATOR' }));
  });
});

describe('what a token opened', () => {
  test('ends when it is revoked', () => {
    const { audited, ended, tokens } = rig();
    const { id } = tokens.add(local, operator).record;
    tokens.revoke(local, 'ann');
    expect(ended).toEqual([{ id, why: 'ACCESS_REVOKED', rights: undefined }]);
    expect(audited.at(-1)).toEqual({ what: 'token.revoke', principal: 'local', target: 'ann' });
    expect(() => tokens.revoke(local, 'ann')).toThrow(expect.objectContaining({ code: 'TOKEN_NAME_UNKNOWN' }));
  });

  test('begins anew when its rights change, and not when only its expiry does', () => {
    const { ended, nowMs, store, tokens } = rig();
    const { id, hash } = tokens.add(local, operator).record;
    tokens.change(local, 'ann', { expiresMs: nowMs() + 5_000 });
    expect(ended).toEqual([]);
    tokens.change(local, 'ann', { role: 'viewer' });
    const record = store.findToken(hash);
    expect(record).toMatchObject({ role: 'viewer', expiresMs: nowMs() + 5_000 });
    expect(ended).toMatchObject([{ id, why: 'RIGHTS_CHANGED' }]);
    expect(record && ended[0]?.rights?.principal).toBe(record && principalOf(record));
  });

  test('ends when it expires, once, however far that is', async () => {
    const { clock, ended, nowMs, tokens } = rig();
    const days = 86_400_000;
    const { id } = tokens.add(local, { ...operator, expiresMs: nowMs() + 3 * days }).record;
    await clock.advance(3 * days - 1);
    expect(ended).toEqual([]);
    await clock.advance(1);
    expect(ended).toEqual([{ id, why: 'TOKEN_EXPIRED', rights: undefined }]);
    await clock.advance(days);
    expect(ended).toHaveLength(1);
    tokens.change(local, 'ann', { expiresMs: nowMs() + 1_000 });
    await clock.advance(1_000);
    expect(ended).toHaveLength(2);
  });

  test('ends as soon as the store can be read again, where it could not when the token expired', async () => {
    const { clock, ended, nowMs, store, tokens } = rig();
    tokens.add(local, { ...operator, expiresMs: nowMs() + 1_000 });
    const read = vi.spyOn(store, 'tokens').mockImplementation(() => {
      throw new ServerError('STORE_UNUSABLE', 'the disk is gone');
    });
    await clock.advance(1_000);
    expect(ended).toEqual([]);
    read.mockRestore();
    await clock.advance(60_000);
    expect(ended).toMatchObject([{ why: 'TOKEN_EXPIRED' }]);
  });

  test('no timer is left once it is stopped', async () => {
    const { clock, ended, nowMs, tokens } = rig();
    tokens.add(local, { ...operator, expiresMs: nowMs() + 10 });
    tokens.stop();
    await clock.advance(100_000);
    expect(ended).toEqual([]);
  });
});
