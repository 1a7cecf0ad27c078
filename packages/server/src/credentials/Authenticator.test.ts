import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { everything, localAdministrator } from '../access/Principal.ts';
import { Authenticator } from './Authenticator.ts';
import type { Presented } from './Authenticator.ts';
import { MemoryCredentialStore } from './MemoryCredentialStore.ts';
import { Tokens } from './Tokens.ts';

function rig({ locked = true } = {}) {
  const clock = new FakeClock();
  const store = new MemoryCredentialStore();
  const failures: string[] = [];
  const ignore = (): void => undefined;
  const tokens = new Tokens({ store, clock, audit: { record: ignore }, handleEnded: ignore });
  const add = (name: string, expiresMs?: number): string =>
    tokens.add(localAdministrator, { name, role: 'admin', expiresMs }).token;
  const root = locked ? add('root') : '';
  const handleFailure = (address: string, code: string): void => void failures.push(`${address} ${code}`);
  const authenticator = new Authenticator({ store, clock, handleFailure });
  return { add, authenticator, clock, failures, root, tokens };
}

const asked = (authorization?: string, url = '/api/v1/devices', address = '10.0.0.1'): Presented => ({
  authorization,
  url,
  address,
});
const refusal = (code: string): Error => expect.objectContaining({ code }) as Error;
const wrong = `Bearer ll_${'x'.repeat(43)}`;

test('an unlocked server asks nobody', () => {
  const { authenticator } = rig({ locked: false });
  expect(authenticator.authenticate(asked())).toBe(localAdministrator);
  expect(authenticator.authenticateUpgrade(asked(wrong))).toBe(localAdministrator);
});

test('a token says who asks: one object until its rights change', () => {
  const { add, authenticator, tokens } = rig();
  const token = add('ann');
  const principal = authenticator.authenticate(asked(`Bearer ${token}`));
  expect(principal).toMatchObject({ name: 'ann', role: 'admin', scope: everything });
  expect(principal).not.toHaveProperty('hash');
  expect(authenticator.authenticate(asked(`bearer  ${token}`))).toBe(principal);
  tokens.change(localAdministrator, 'ann', { role: 'viewer' });
  const changed = authenticator.authenticate(asked(`Bearer ${token}`));
  expect(changed).not.toBe(principal);
  expect(changed).toEqual({ ...principal, role: 'viewer' });
});

test.each([undefined, '', 'Bearer', 'Basic YTpi', 'Bearer a b'])(
  'without a token (%j) it says how to come with one',
  (header) => {
    const { authenticator, failures } = rig();
    expect(() => authenticator.authenticate(asked(header))).toThrow(refusal('CREDENTIAL_NEEDED'));
    expect(failures).toEqual([]);
  },
);

test.each([wrong, 'Bearer x', `Bearer lj_${'x'.repeat(43)}`, `Bearer ll_${'x'.repeat(10_000)}`])(
  'a wrong token is refused: %s',
  (header) => {
    const { authenticator, failures } = rig();
    expect(() => authenticator.authenticate(asked(header))).toThrow(refusal('TOKEN_UNKNOWN'));
    expect(failures).toEqual(['10.0.0.1 TOKEN_UNKNOWN']);
  },
);

test('an expired and a revoked token are told so', async () => {
  const { add, authenticator, clock, tokens } = rig();
  const nowMs = Number(clock.wallNs() / 1_000_000n);
  const old = `Bearer ${add('old', nowMs + 1_000)}`;
  const gone = `Bearer ${add('gone')}`;
  expect(authenticator.authenticate(asked(old)).name).toBe('old');
  await clock.advance(1_000);
  expect(() => authenticator.authenticate(asked(old))).toThrow(refusal('TOKEN_EXPIRED'));
  tokens.revoke(localAdministrator, 'gone');
  expect(() => authenticator.authenticate(asked(gone))).toThrow(refusal('TOKEN_REVOKED'));
});

test('no error tells the token', () => {
  const { add, authenticator, tokens } = rig();
  const gone = add('gone');
  tokens.revoke(localAdministrator, 'gone');
  for (const presented of [asked(wrong), asked(`Bearer ${gone}`), asked(wrong, `/x?token=${gone}`)]) {
    let told = '';
    try {
      authenticator.authenticate(presented);
    } catch (error) {
      told = JSON.stringify([error, String(error)]);
    }
    expect(told).toMatch(/TOKEN_|token/);
    expect(told).not.toMatch(/ll_[\w-]{43}/);
  }
});

test('a token in the address is refused, even beside a right one, on an unlocked server too', () => {
  const { authenticator, root } = rig();
  const url = `/api/v1/devices?access_token=${root}`;
  expect(() => authenticator.authenticate(asked(`Bearer ${root}`, url))).toThrow(refusal('TOKEN_IN_URL'));
  expect(() => authenticator.authenticateUpgrade(asked(undefined, `/api/v1/live?ticket=${root}`))).toThrow(
    refusal('TOKEN_IN_URL'),
  );
  expect(() => rig({ locked: false }).authenticator.authenticate(asked(undefined, url))).toThrow(
    refusal('TOKEN_IN_URL'),
  );
});

test('a ticket opens one WebSocket, within 30 s, with the rights of then', async () => {
  const { add, authenticator, clock, tokens } = rig();
  const principal = authenticator.authenticate(asked(`Bearer ${add('ann')}`));
  const live = (ticket: string): Presented => asked(undefined, `/api/v1/live?ticket=${ticket}`);
  const first = authenticator.issueTicket(principal);
  expect(first.expiresInMs).toBe(30_000);
  expect(authenticator.authenticateUpgrade(live(first.ticket))).toBe(principal);
  expect(() => authenticator.authenticateUpgrade(live(first.ticket))).toThrow(refusal('TICKET_UNKNOWN'));
  const second = authenticator.issueTicket(principal);
  await clock.advance(30_000);
  expect(() => authenticator.authenticateUpgrade(live(second.ticket))).toThrow(refusal('TICKET_UNKNOWN'));
  const third = authenticator.issueTicket(principal);
  tokens.change(localAdministrator, 'ann', { role: 'viewer' });
  expect(authenticator.authenticateUpgrade(live(third.ticket)).role).toBe('viewer');
  const fourth = authenticator.issueTicket(principal);
  tokens.revoke(localAdministrator, 'ann');
  expect(() => authenticator.authenticateUpgrade(live(fourth.ticket))).toThrow(refusal('TOKEN_REVOKED'));
});

test('a ticket is no credential for a request', () => {
  const { authenticator, root } = rig();
  const { ticket } = authenticator.issueTicket(authenticator.authenticate(asked(`Bearer ${root}`)));
  expect(() => authenticator.authenticate(asked(undefined, `/api/v1/devices?ticket=${ticket}`))).toThrow(
    refusal('CREDENTIAL_NEEDED'),
  );
  expect(() => authenticator.authenticate(asked(`Bearer ${ticket}`))).toThrow(refusal('TOKEN_UNKNOWN'));
});

test('tickets that nobody uses are bounded', async () => {
  const { authenticator, clock, root } = rig();
  const principal = authenticator.authenticate(asked(`Bearer ${root}`));
  for (let n = 0; n < 1_000; n++) authenticator.issueTicket(principal);
  expect(() => authenticator.issueTicket(principal)).toThrow(refusal('TOO_MANY_REQUESTS'));
  await clock.advance(30_000);
  expect(() => authenticator.issueTicket(principal)).not.toThrow();
});

test('a flood of wrong tokens is told to stop, and right ones are taken from the same address', async () => {
  const { authenticator, clock, root } = rig();
  const attempt = (address = '10.0.0.1'): string => {
    try {
      authenticator.authenticate(asked(wrong, '/', address));
      return 'taken';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  const codes = Array.from({ length: 1_000 }, () => attempt());
  expect(codes.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 'TOKEN_UNKNOWN'));
  expect(new Set(codes.slice(20))).toEqual(new Set(['TOO_MANY_FAILURES']));
  expect(authenticator.authenticate(asked(`Bearer ${root}`)).name).toBe('root');
  expect(attempt('10.0.0.2')).toBe('TOKEN_UNKNOWN');
  await clock.advance(1_000);
  expect([attempt(), attempt()]).toEqual(['TOKEN_UNKNOWN', 'TOO_MANY_FAILURES']);
  for (let n = 0; n < 20_000; n++) attempt(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
  expect(authenticator.failures.size).toBe(10_000);
});

test('an IPv6 network counts as one address', () => {
  const { authenticator } = rig();
  const attempt = (host: number, network = 1): void => {
    authenticator.failures.count(`2001:db8:0:${network}::${host.toString(16)}`);
  };
  for (let n = 0; n < 20; n++) attempt(n + 1);
  expect(() => attempt(99)).toThrow(refusal('TOO_MANY_FAILURES'));
  expect(() => attempt(1, 2)).not.toThrow();
});
