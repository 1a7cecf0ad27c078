import { generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { everything, localAdministrator } from '../access/Principal.ts';
import type { Principal } from '../access/Principal.ts';
import type { AuditEntry } from '../store/AuditEntry.ts';
import { MemoryCredentialStore } from './MemoryCredentialStore.ts';
import { deviceSession } from './RobotAdmission.ts';
import { JOIN_TOKEN_MS, joinText, RobotKeys } from './RobotKeys.ts';
import type { JoinRequest } from './RobotKeys.ts';
import { Sessions } from './Sessions.ts';

const local = localAdministrator;
const address = '192.0.2.1';

function rig() {
  const clock = new FakeClock();
  const store = new MemoryCredentialStore();
  const sessions = new Sessions();
  const audited: AuditEntry[] = [];
  const failed: string[] = [];
  const keys = new RobotKeys({
    store,
    clock,
    sessions,
    audit: { record: (entry) => void audited.push(entry) },
    handleFailure: (from, code) => void failed.push(`${from} ${code}`),
  });
  return { audited, clock, failed, keys, sessions, store };
}

/** A robot's key pair, and what it sends to join. */
function robot() {
  const { publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'jwk' }).x ?? '';
  const request = (token: string, publicKeyText = raw): JoinRequest => ({
    token,
    publicKey: publicKeyText,
    signature: sign(null, joinText(token, publicKeyText), privateKey).toString('base64url'),
  });
  return { publicKey: raw, request };
}

const code = (expected: string): unknown => expect.objectContaining({ code: expected });

test('a robot joins once with its token, of which only the hash is kept', async () => {
  const { audited, keys, store } = rig();
  const { publicKey, request } = robot();
  const { token } = keys.permit(local, 'r1');
  expect(token).toMatch(/^lj_[\w-]{43}$/);
  expect(keys.list(local)).toMatchObject([{ device: 'r1', key: undefined, fingerprint: undefined }]);
  expect(await keys.join(request(token), address)).toMatchObject({
    key: { device: 'r1', publicKey },
    isRepeated: false,
  });
  expect(store.robotKey('r1')).toMatchObject({ publicKey, revokedMs: undefined });
  expect(keys.list(local)).toMatchObject([
    { device: 'r1', pendingUntilMs: undefined, fingerprint: expect.stringMatching(/^[\w-]{16}$/) as string },
  ]);
  expect(JSON.stringify([store.joins(), audited])).not.toContain(token.slice(3));
  expect(audited.map(({ what, principal, device }) => [what, principal, device])).toEqual([
    ['device.add', 'local', 'r1'],
    ['device.join', 'local', 'r1'],
  ]);
});

test('a captured join gains nothing: with another key it is refused and told, with the same it changes nothing', async () => {
  const { audited, failed, keys, store } = rig();
  const [mine, other] = [robot(), robot()];
  const { token } = keys.permit(local, 'r1');
  await keys.join(mine.request(token), address);
  const before = store.robotKey('r1');
  expect(await keys.join(mine.request(token), address)).toEqual({ key: before, isRepeated: true });
  await expect(keys.join(other.request(token), address)).rejects.toMatchObject({
    code: 'JOIN_TOKEN_USED',
    details: { sameKey: false },
  });
  expect(store.robotKey('r1')).toBe(before);
  expect(failed).toEqual([`${address} JOIN_TOKEN_USED`]);
  expect(audited.at(-1)).toMatchObject({ what: 'device.join', outcome: 'failed', code: 'JOIN_TOKEN_USED' });
});

test('of two robots that join with one token at once, one does', async () => {
  const { keys, store } = rig();
  const { token } = keys.permit(local, 'r1');
  const robots = [robot(), robot()];
  const results = await Promise.allSettled(robots.map(({ request }) => keys.join(request(token), address)));
  const winner = results.findIndex(({ status }) => status === 'fulfilled');
  expect(results[1 - winner]).toMatchObject({ status: 'rejected', reason: { code: 'JOIN_TOKEN_USED' } });
  expect(store.robotKey('r1')?.publicKey).toBe(robots[winner]?.publicKey);
});

test('a token that is wrong, an hour old, replaced or revoked lets nobody join, and counts as a failure', async () => {
  const { clock, failed, keys, store } = rig();
  const { request } = robot();
  const replaced = keys.permit(local, 'r1').token;
  const late = keys.permit(local, 'r1').token;
  const revoked = keys.permit(local, 'r2').token;
  keys.revoke(local, 'r2');
  await expect(keys.join(request(`lj_${'A'.repeat(43)}`), address)).rejects.toThrow(code('JOIN_TOKEN_UNKNOWN'));
  await expect(keys.join(request(replaced), address)).rejects.toThrow(code('JOIN_TOKEN_UNKNOWN'));
  await expect(keys.join(request(revoked), address)).rejects.toThrow(code('JOIN_TOKEN_UNKNOWN'));
  await clock.advance(JOIN_TOKEN_MS);
  await expect(keys.join(request(late), address)).rejects.toThrow(code('JOIN_TOKEN_UNKNOWN'));
  expect(failed).toHaveLength(4);
  expect(store.robotKeys()).toEqual([]);
});

test('a key that is none, or that did not sign, does not join, and the token stays good', async () => {
  const { failed, keys } = rig();
  const [mine, other] = [robot(), robot()];
  const { token } = keys.permit(local, 'r1');
  for (const publicKey of ['', 'AAAA', `${'A'.repeat(42)}B`, 'A'.repeat(44)])
    await expect(keys.join({ ...mine.request(token), publicKey }, address)).rejects.toThrow(code('PUBLIC_KEY_INVALID'));
  const { publicKey } = other;
  await expect(keys.join({ ...mine.request(token), publicKey }, address)).rejects.toThrow(code('SIGNATURE_INVALID'));
  await expect(keys.join({ ...mine.request(token), signature: '' }, address)).rejects.toThrow(
    code('SIGNATURE_INVALID'),
  );
  const noPoint = 'A'.repeat(43);
  await expect(keys.join(mine.request(token, noPoint), address)).rejects.toThrow(code('SIGNATURE_INVALID'));
  expect(failed).toHaveLength(3);
  await keys.join(mine.request(token), address);
});

test('while a robot is to join anew its key stays good, and ends with its line when the new one has joined', async () => {
  const { keys, sessions, store } = rig();
  const [before, after] = [robot(), robot()];
  await keys.join(before.request(keys.permit(local, 'r1').token), address);
  const ends: string[] = [];
  sessions.open(deviceSession('r1'), (why) => void ends.push(why));
  const { token } = keys.permit(local, 'r1');
  expect(store.robotKey('r1')?.publicKey).toBe(before.publicKey);
  expect(ends).toEqual([]);
  await keys.join(after.request(token), address);
  expect(store.robotKey('r1')?.publicKey).toBe(after.publicKey);
  expect(ends).toEqual(['ACCESS_REVOKED']);
});

test('revoking a key ends the line at once, and joining anew makes the robot good again', async () => {
  const { audited, keys, sessions, store } = rig();
  await keys.join(robot().request(keys.permit(local, 'r1').token), address);
  const ends: string[] = [];
  sessions.open(deviceSession('r1'), (why) => void ends.push(why));
  keys.revoke(local, 'r1');
  expect(ends).toEqual(['ACCESS_REVOKED']);
  expect(store.robotKey('r1')?.revokedMs).toBeDefined();
  expect(audited.at(-1)).toMatchObject({ what: 'device.revoke', device: 'r1' });
  await keys.join(robot().request(keys.permit(local, 'r1').token), address);
  expect(store.robotKey('r1')?.revokedMs).toBeUndefined();
  expect(() => keys.revoke(local, 'r2')).toThrow(code('DEVICE_KEY_UNKNOWN'));
});

test('only administrators manage keys, and those of their devices only', () => {
  const { keys } = rig();
  keys.permit(local, 'truck-1');
  keys.permit(local, 'crane-1');
  const limited: Principal = { id: 'a', name: 'a', role: 'admin', scope: { ...everything, devices: ['truck-*'] } };
  expect(keys.list(limited).map(({ device }) => device)).toEqual(['truck-1']);
  expect(() => keys.permit(limited, 'crane-2')).toThrow(code('DEVICE_UNKNOWN'));
  expect(() => keys.revoke(limited, 'crane-1')).toThrow(code('DEVICE_UNKNOWN'));
  const operator: Principal = { id: 'o', name: 'o', role: 'operator', scope: everything };
  expect(() => keys.list(operator)).toThrow(code('FORBIDDEN'));
  expect(() => keys.permit(operator, 'truck-1')).toThrow(code('FORBIDDEN'));
  expect(() => keys.revoke(operator, 'truck-1')).toThrow(code('FORBIDDEN'));
});
