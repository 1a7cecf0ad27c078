import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '@longline/server';
import type { Server } from '@longline/server';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CliResult } from './CliRig.fixture.ts';
import { runCli } from './runCli.ts';
import { TestTerminal } from './TestTerminal.fixture.ts';

let server: Server;
let home: string;
beforeAll(async () => {
  server = await startServer({ port: 0, log: pino({ level: 'silent' }) });
  home = await mkdtemp(join(tmpdir(), 'longline-cli-join-'));
});
afterAll(async () => {
  await server.stop();
  await rm(home, { recursive: true });
});

async function run(...args: string[]): Promise<CliResult> {
  const terminal = new TestTerminal({ LONGLINE_SERVER: server.url, XDG_STATE_HOME: home });
  const code = await runCli(args, terminal);
  return { code, out: terminal.out, err: terminal.err };
}
/** What a printed command says, as the shell splits it. */
const runPrinted = (out: string): Promise<CliResult> => run(...out.trim().split(' ').slice(1));

test('the command that device add prints lets the robot join, and says where its key is and how to go on', async () => {
  const added = await run('device', 'add', 'r1');
  expect(added.out).toMatch(new RegExp(`^longline join ${server.url} --token lj_[\\w-]{43}\\n$`));
  expect(added.err).toContain('Run this on r1');
  expect(await run('device', 'ls')).toMatchObject({ out: expect.stringMatching(/r1 .*may join until/) as string });
  const joined = await runPrinted(added.out);
  expect(joined).toMatchObject({ code: 0, err: '' });
  expect(joined.out).toContain(join(home, 'longline', 'r1', 'identity.json'));
  expect(joined.out).toContain('longline agent --device r1');
  expect(joined.out).not.toContain('lj_');
  expect((await run('device', 'ls')).out).toMatch(/r1 +[\w-]{16} .*never seen +good/);
  // The answer may have been lost: the same key is the same robot, until the identity is its own again.
  expect(await runPrinted(added.out)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^JOIN_TOKEN_USED/) as string,
  });
});

test('a key is exchanged, revoked and listed, and what cannot be is refused with what to do', async () => {
  await runPrinted((await run('device', 'add', 'r2')).out);
  const [before] =
    /[\w-]{16}/.exec((await run('device', 'ls')).out.split('\n').find((row) => row.startsWith('r2')) ?? '') ?? [];
  await runPrinted((await run('device', 'rotate', 'r2')).out);
  const row = (await run('device', 'ls')).out.split('\n').find((line) => line.startsWith('r2')) ?? '';
  expect(row).toContain('good');
  expect(row).not.toContain(before);
  expect(await run('device', 'revoke', 'r2')).toMatchObject({ code: 0 });
  expect((await run('device', 'ls')).out).toMatch(/r2 .*revoked/);
  const keys = JSON.parse((await run('device', 'ls', '--json')).out) as unknown;
  expect(keys).toContainEqual(expect.objectContaining({ device: 'r2', revoked: expect.any(String) as string }));
  expect((await run('device', 'rotate', 'r3')).err).toMatch(/^DEVICE_KEY_UNKNOWN.*longline device add r3/);
  expect((await run('device', 'revoke', 'r3')).err).toMatch(/^DEVICE_KEY_UNKNOWN/);
});

test.each([
  [['join', 'http://192.0.2.1', '--token', `lj_${'A'.repeat(43)}`], 1, /^CONNECTION_INSECURE/],
  [['join', 'http://127.0.0.1', '--token', 'lj_short'], 2, /^ARGUMENT_INVALID/],
  [['join', 'https://localhost', '--token', `lj_${'A'.repeat(43)}`, '--ca', '/nowhere.pem'], 1, /^CONFIG_INVALID/],
  [['join', 'http://127.0.0.1'], 2, /--token/],
])('%j is refused before anything is sent', async (args, code, err) => {
  expect(await run(...args)).toMatchObject({ code, err: expect.stringMatching(err) as string });
});

test('a plain device is registered with a token, shown once; it is listed, exchanged and revoked like a robot', async () => {
  const added = await run('device', 'add', 'esp1', '--plain', '--unguarded');
  expect(added).toMatchObject({ code: 0, out: expect.stringMatching(/^ld_[\w-]{43}\n$/) as string });
  expect(added.err).toContain(`${server.url.replace('http', 'ws')}/api/v1/devices/esp1/connect`);
  expect(added.err).toContain('no deadman');
  expect((await run('device', 'ls')).out).toMatch(/esp1 .*token .*plain device, UNGUARDED/);
  const rotated = await run('device', 'rotate', 'esp1', '--json');
  expect(JSON.parse(rotated.out)).toMatchObject({ device: 'esp1', unguarded: true });
  expect(rotated.out).not.toContain(added.out.trim());
  expect((await run('device', 'add', 'esp1')).err).toContain('DEVICE_KIND');
  expect((await run('device', 'revoke', 'esp1')).code).toBe(0);
  expect((await run('device', 'ls')).out).toMatch(/esp1 .*revoked/);
  expect((await run('device', 'add', 'esp1')).code, 'it may have an agent now').toBe(0);
  expect((await run('device', 'add', 'esp1', '--plain')).err).toContain('DEVICE_KIND');
});

test('--unguarded is nothing for a robot with an agent', async () => {
  expect(await run('device', 'add', 'r9', '--unguarded')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--plain') as string,
  });
});
