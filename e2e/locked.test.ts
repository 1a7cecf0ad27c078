import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeWithPeer } from '@longline/testing';
import type { PeerProcess } from '@longline/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { documentedCommands } from './documentedCommands.ts';
import { LOCKED, LockedSetUp } from './LockedSetUp.ts';
import { START_MS } from './longline.ts';

const TEST_MS = 60_000;
/** What is taken away is gone within so long, in milliseconds. */
const GONE_MS = 1_000;

/** Commands that run until they are stopped, and what each of them says when it works. */
const lasting: readonly [RegExp, string][] = [
  [/ server /, 'locked'],
  [/ agent /, 'the line is open'],
];
const commands = documentedCommands('README.md').filter(({ heading }) => heading === LOCKED);
/** Of the page on access; those that set a server up are the README's as well. */
const accessCommands = documentedCommands('docs/access.md').filter(
  ({ command }) => !/^longline (init|login)/.test(command),
);

describeWithPeer('openssl', 'a locked server', () => {
  let setUp: LockedSetUp;
  let agent: PeerProcess;
  /** Tokens by name; in the environment, as programs have them. */
  const tokens = new Map<string, NodeJS.ProcessEnv>();

  beforeAll(async () => {
    setUp = await LockedSetUp.create();
  });

  afterAll(() => setUp.stop());

  it('has a set-up in the README', () => expect(commands.length).toBeGreaterThan(10));

  it.each(commands)('$command', { timeout: TEST_MS }, async ({ command }) => {
    const sign = lasting.find(([pattern]) => pattern.test(command))?.[1];
    if (sign === undefined) {
      expect(await setUp.run(command)).not.toMatch(/^\{"code":/);
      return;
    }
    const peer = setUp.start(command);
    await peer.waitFor(({ stdout, stderr }) => `${stdout}${stderr}`.includes(sign), START_MS);
    if (command.includes(' agent ')) agent = peer;
  });

  it.each(accessCommands)('access.md: $command', { timeout: TEST_MS }, async ({ command }) => {
    const token = (await readFile(join(setUp.folder, 'admin-token'), 'utf8')).trim();
    const here = command.replace('https://fleet.example.com', setUp.url).replace('LONGLINE_TOKEN=ll_... ', '');
    const env = { LONGLINE_TOKEN: token, CURL_CA_BUNDLE: join(setUp.folder, 'fleet-cert.pem') };
    expect(await setUp.run(here, 'admin', env)).not.toMatch(/^\{"code":/);
  });

  it('a revoked robot has lost its line at once, and is not let in again', { timeout: TEST_MS }, async () => {
    // The page ends with it.
    expect(commands.at(-1)?.command).toContain('device revoke robot-1');
    await agent.waitFor(({ stderr }) => stderr.includes('ACCESS_REVOKED'), GONE_MS);
    expect(await setUp.run('longline devices --json')).toContain('"online":false');
    await setUp.run('longline device add robot-1');
    await setUp.run(`longline join ${setUp.url} --token lj_...`);
    await setUp.run('longline topic echo robot-1 /turtle1/pose -n 1');
    // A token for joining works once.
    expect(await setUp.refused(`longline join ${setUp.url} --token lj_...`, 'thief')).toMatch(/^JOIN_TOKEN_USED: /);
  });

  const add = async (name: string, flags: string): Promise<void> => {
    const out = await setUp.run(`longline token add ${name} ${flags}`);
    tokens.set(name, { LONGLINE_TOKEN: /ll_[\w-]+/.exec(out)?.[0] });
  };

  it('who shows no token, or a wrong one, is told how to log in', { timeout: TEST_MS }, async () => {
    expect(await setUp.refused('longline devices', 'nobody')).toMatch(/^CREDENTIAL_NEEDED: .*longline login/);
    const wrong = { LONGLINE_TOKEN: `ll_${'A'.repeat(43)}` };
    expect(await setUp.refused('longline devices', 'nobody', wrong)).toMatch(/^TOKEN_UNKNOWN: /);
  });

  it('a viewer looks, and moves nothing; an operator of other robots sees nothing', { timeout: TEST_MS }, async () => {
    await add('vera', "--role viewer --devices '*'");
    await add('otto', "--role operator --devices 'truck-*'");
    const [vera, otto] = [tokens.get('vera'), tokens.get('otto')];
    await setUp.run('longline topic echo robot-1 /turtle1/pose -n 1', 'vera', vera);
    expect(await setUp.refused('longline stop robot-1', 'vera', vera)).toMatch(/^STOP_INCOMPLETE: [^]*FORBIDDEN/);
    const pub = "longline topic pub robot-1 /turtle1/cmd_vel '{linear: {x: 1}}' --lease";
    expect(await setUp.refused(pub, 'vera', vera)).toMatch(/^FORBIDDEN: /);
    expect(JSON.parse(await setUp.run('longline devices --json', 'otto', otto))).toEqual([]);
    expect(await setUp.refused('longline topic echo robot-1 /turtle1/pose -n 1', 'otto', otto)).toMatch(
      /^DEVICE_UNKNOWN: /,
    );
  });

  it('a revoked token has lost its connections at once, and its lease with them', { timeout: TEST_MS }, async () => {
    await add('dora', "--role operator --devices 'robot-*'");
    const dora = tokens.get('dora');
    const echo = setUp.start('longline topic echo robot-1 /turtle1/pose', 'dora', dora);
    const pub = setUp.start(
      "longline topic pub robot-1 /turtle1/cmd_vel '{linear: {x: 1}}' -r 10 --lease",
      'dora',
      dora,
    );
    await echo.waitFor(({ stdout }) => stdout.includes('linear_velocity: 1'), START_MS);
    await setUp.run('longline token revoke dora');
    const isTold = ({ stderr }: PeerProcess): boolean => /ACCESS_REVOKED|TOKEN_REVOKED|LEASE_LOST/.test(stderr);
    await Promise.all([echo.waitFor(isTold, GONE_MS), pub.waitFor(isTold, GONE_MS)]);
    expect([await echo.exited, await pub.exited]).toEqual([1, 1]);
    // The lease is free, and the robot stands still.
    await setUp.run("longline topic pub robot-1 /turtle1/cmd_vel '{linear: {x: 0}}' --lease");
  });
});
