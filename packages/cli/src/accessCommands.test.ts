import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startServer } from '@longline/server';
import type { Server } from '@longline/server';
import { waitFor } from '@longline/testing';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { credentialsPath, originOf } from './login/UserCredentials.ts';
import { warnInClear } from './login/serverAccess.ts';
import { runCli } from './runCli.ts';
import { TestTerminal } from './TestTerminal.fixture.ts';
import { withFleet } from './withFleet.ts';

interface Done {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The command line of several users beside one locked server. */
interface Rig {
  readonly server: Server;
  readonly admin: string;
  readonly run: (user: string, args: readonly string[], input?: string, env?: Record<string, string>) => Promise<Done>;
  readonly pathOf: (user: string) => string;
}

async function rig(): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'longline-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const homeOf = (user: string): string => join(folder, user);
  const run: Rig['run'] = async (user, args, input, env = {}) => {
    const terminal = new TestTerminal({ XDG_CONFIG_HOME: homeOf(user), ...env });
    terminal.input = input;
    const code = await runCli(args, terminal);
    return { code, out: terminal.out, err: terminal.err };
  };
  const data = join(folder, 'data');
  const { out } = await run('nobody', ['init', '--data', data]);
  const server = await startServer({ port: 0, dataDir: data, log: pino({ level: 'silent' }) });
  onTestFinished(() => server.stop());
  const pathOf = (user: string): string => credentialsPath({ XDG_CONFIG_HOME: homeOf(user) });
  return { server, admin: out.trim(), run, pathOf };
}

test('init prints the token alone, and says the rest beside it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'longline-init-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const terminal = new TestTerminal();
  expect(await runCli(['init', '--data', folder], terminal)).toBe(0);
  expect(terminal.out).toMatch(/^ll_[\w-]{43}\n$/);
  expect(terminal.err).toContain('next start');
  expect(terminal.err).not.toContain('ll_');
  const again = new TestTerminal();
  expect(await runCli(['init', '--data', folder], again)).toBe(1);
  expect(again.err).toMatch(/^TOKEN_NAME_TAKEN: /);
});

test('who has not logged in is told how, by commands of both ways to the server', async () => {
  const { server, run } = await rig();
  const flag = ['--server', server.url];
  for (const args of [['devices'], ['audit'], ['topic', 'list', 'r1']]) {
    const { code, err } = await run('eve', [...args, ...flag]);
    expect(code).toBe(1);
    expect(err).toMatch(/^CREDENTIAL_NEEDED: .*longline login/);
  }
});

test('after a log-in every command knows server and token, until a log-out', async () => {
  const { server, admin, pathOf, run } = await rig();
  const login = await run('ann', ['login', server.url], `${admin}\n`);
  expect(login.out).toMatch(/^Logged in at .* as admin \(admin\); kept in /);
  expect(login.out + login.err).not.toContain(admin);
  expect(statSync(pathOf('ann')).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(pathOf('ann'))).mode & 0o777).toBe(0o700);
  expect((await run('ann', ['devices', '--json'])).out).toBe('[]\n');
  expect((await run('ann', ['audit'])).code).toBe(0);
  const who = await run('ann', ['whoami']);
  expect(who.out).toBe(`admin (admin) at ${server.url}\ndevices: *\nread:    /**\nwrite:   /**\n`);
  expect((await run('ann', ['logout'])).code).toBe(0);
  expect(readFileSync(pathOf('ann'), 'utf8')).not.toContain('ll_');
  expect((await run('ann', ['devices', '--server', server.url])).err).toMatch(/^CREDENTIAL_NEEDED/);
});

test('a token that the server does not take is not kept', async () => {
  const { server, pathOf, run } = await rig();
  const wrong = await run('ann', ['login', server.url], `ll_${'x'.repeat(43)}`);
  expect(wrong.err).toMatch(/^TOKEN_UNKNOWN: .*longline login/);
  const none = await run('ann', ['login', server.url], 'password');
  expect([none.code, none.err]).toEqual([2, expect.stringMatching(/^ARGUMENT_INVALID: .*no token/)]);
  expect(none.err).not.toContain('password');
  expect(existsSync(pathOf('ann'))).toBe(false);
});

test('a token is typed without being shown', async () => {
  const { server, admin, run } = await rig();
  const terminal = new TestTerminal();
  terminal.hasKeyboard = true;
  const folder = mkdtempSync(join(tmpdir(), 'longline-typed-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  terminal.env['XDG_CONFIG_HOME'] = folder;
  const done = runCli(['login', server.url], terminal);
  await waitFor(() => terminal.isRead);
  terminal.type(`x\x7f${admin.slice(0, 10)}`);
  terminal.type(`${admin.slice(10)}\r`);
  expect(await done).toBe(0);
  expect(terminal.isRead).toBe(false);
  expect(terminal.out + terminal.err).not.toContain(admin.slice(0, 10));
  expect((await run('nobody', ['whoami', '--server', server.url], undefined, { XDG_CONFIG_HOME: folder })).code).toBe(
    0,
  );
});

test('LONGLINE_TOKEN comes before what was kept', async () => {
  const { server, admin, run } = await rig();
  const env = { LONGLINE_TOKEN: admin, LONGLINE_SERVER: server.url };
  expect((await run('eve', ['whoami', '--json'], undefined, env)).out).toContain('"name":"admin"');
  const invalid = await run('eve', ['whoami'], undefined, { ...env, LONGLINE_TOKEN: 'll_short' });
  expect(invalid.err).toMatch(/^ARGUMENT_INVALID: .*LONGLINE_TOKEN/);
});

test('a file that others can read is refused, with what to do', async () => {
  const { server, admin, pathOf, run } = await rig();
  await run('ann', ['login', server.url], admin);
  chmodSync(pathOf('ann'), 0o644);
  const refused = await run('ann', ['devices']);
  expect(refused.err).toMatch(/^CREDENTIALS_UNUSABLE: .*chmod 600/);
  expect(refused.err).not.toContain('ll_');
});

test('tokens are made, listed, changed and revoked; what was revoked loses its commands that run', async () => {
  const { server, admin, run } = await rig();
  await run('ann', ['login', server.url], admin);
  const made = await run('ann', [
    'token',
    'add',
    'bob',
    '--role',
    'operator',
    '--devices',
    'truck-*',
    '--expires',
    '90d',
  ]);
  expect(made.out).toMatch(/^ll_[\w-]{43}\n$/);
  expect(made.err).toMatch(/^bob: operator of truck-\*, until /);
  const env = { LONGLINE_TOKEN: made.out.trim(), LONGLINE_SERVER: server.url };
  expect((await run('bob', ['whoami'], undefined, env)).out).toContain('bob (operator)');
  expect((await run('bob', ['token', 'ls'], undefined, env)).err).toMatch(/^FORBIDDEN: /);
  const json = await run('ann', ['token', 'set', 'bob', '--read', '/odom,/imu', '--expires', 'never', '--json']);
  expect(JSON.parse(json.out)).toMatchObject({ devices: ['truck-*'], read: ['/odom', '/imu'], expires: null });
  const list = await run('ann', ['token', 'ls']);
  expect(list.out).toMatch(/^bob +operator +truck-\* +\/odom \/imu +\/\*\* +never/m);
  const running = withFleet(new TestTerminal(env), {}, () => new Promise(() => undefined));
  await waitFor(async () => (await run('ann', ['token', 'ls', '--json'])).out.includes('"connections":1'));
  expect((await run('ann', ['token', 'revoke', 'bob'])).code).toBe(0);
  await expect(running).rejects.toMatchObject({ code: 'ACCESS_REVOKED' });
  expect((await run('ann', ['token', 'revoke', 'admin'])).err).toMatch(/^LAST_ADMINISTRATOR: /);
});

test.each(['0d', '11y', '90', '1.5d', 'x'])('%j is no expiry of a token', async (expires) => {
  const terminal = new TestTerminal();
  expect(await runCli(['token', 'add', 'ann', '--expires', expires], terminal)).toBe(2);
});

test('a token for a server beyond this machine without TLS is warned of', () => {
  const warned = (server: string): boolean => {
    const terminal = new TestTerminal();
    warnInClear(terminal, server);
    return terminal.err !== '';
  };
  expect(['http://robots.example.org', 'ws://10.0.0.1:8080'].map(warned)).toEqual([true, true]);
  const safe = ['https://robots.example.org', 'http://127.0.0.1:8080', 'http://[::1]:8080', 'ws://localhost'];
  expect(safe.map(warned)).toEqual(safe.map(() => false));
});

test('a server is the same however it is written', () => {
  expect(['wss://HOST.example', 'https://host.example:443/', 'https://host.example/api/v1/live'].map(originOf)).toEqual(
    Array.from({ length: 3 }, () => 'https://host.example'),
  );
});
