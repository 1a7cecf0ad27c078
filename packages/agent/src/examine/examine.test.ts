import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseAgentConfig } from '../config/parseAgentConfig.ts';
import { writeIdentity } from '../identity/identityFile.ts';
import { robotSetup } from './robotSetup.ts';
import { tryDeadman } from './tryDeadman.ts';
import { tryRobot } from './tryRobot.ts';

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'examine-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('a robot that answers is told from one that does not', async () => {
  expect(await tryRobot('turtlesim:')).toEqual({ state: 'connected' });
  expect(await tryRobot('rosbridge://127.0.0.1:1', 300)).toMatchObject({ state: 'disconnected' });
  await expect(tryRobot('ftp://x')).rejects.toMatchObject({ code: 'ROBOT_URL_INVALID' });
});

test('a deadman can be started, and leaves nothing behind', async () => {
  expect(await tryDeadman()).toBeUndefined();
});

test('the setup tells where a robot joined, and no key', async () => {
  const folder = await emptyFolder();
  const config = parseAgentConfig({ device: 'r1', stateDir: folder, proxy: 'http://proxy:3128' });
  expect(await robotSetup(config, {})).toMatchObject({ folder, joined: undefined, ca: undefined });
  const privateKey = 'not for others';
  const path = await writeIdentity(folder, { device: 'r1', server: 'fleet', url: 'https://fleet.example', privateKey });
  const setup = await robotSetup(config, {});
  expect(setup.joined).toEqual({ device: 'r1', server: 'fleet', url: 'https://fleet.example' });
  expect(JSON.stringify(setup)).not.toContain(privateKey);
  expect(setup.proxyOf('wss://fleet.example/api/v1/line')).toBe('http://proxy:3128');
  await chmod(path, 0o644);
  await expect(robotSetup(config, {})).rejects.toMatchObject({ code: 'IDENTITY_UNUSABLE' });
  await chmod(path, 0o600);
  await writeFile(path, '{');
  await expect(robotSetup(config, {})).rejects.toMatchObject({ code: 'IDENTITY_UNUSABLE' });
});
