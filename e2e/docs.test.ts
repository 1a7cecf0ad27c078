import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithPeer, PeerProcess, waitFor } from '@longline/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api } from './Api.ts';
import { documentedCommands } from './documentedCommands.ts';
import { LOCKED } from './LockedSetUp.ts';
import { LonglineAgent } from './LonglineAgent.ts';
import { LonglineServer } from './LonglineServer.ts';
import { START_MS, startNode } from './longline.ts';

const TEST_MS = 60_000;
const root = join(import.meta.dirname, '..');
const main = `${process.execPath} --conditions=@longline/source ${join(root, 'packages', 'cli', 'src', 'main.ts')}`;

/** Commands that run until they are stopped, and what each of them says when it works. */
const lasting: readonly [RegExp, string][] = [
  [/^longline server/, 'robots connect with'],
  [/^longline agent/, 'the line is open'],
  [/^longline topic hz/, 'average rate: 62'],
];

let server: LonglineServer;
const agents: LonglineAgent[] = [];

beforeAll(async () => {
  server = await LonglineServer.start();
  for (const device of ['robot-1', '1722']) {
    const allow = { publish: ['/turtle1/cmd_vel'], call: ['/clear'] };
    agents.push(await LonglineAgent.start({ device, server: server.url, robot: 'turtlesim:', allow }));
    await waitFor(() => new Api(server.url, device).latest('/turtle1/pose'), { timeoutMs: START_MS });
  }
}, 3 * START_MS);

afterAll(async () => {
  for (const agent of agents) await agent.stop();
  await server.stop();
});

/** Runs a documented command as it is written, against this test's server instead of the one on port 8080. */
function run(command: string): PeerProcess {
  const script = command
    .replace(/^longline server$/, 'longline server --port 0')
    .replace(/^longline /, `${main} `)
    .replaceAll(/(ws|http):\/\/localhost:8080|wss:\/\/your\.server/g, (_url, scheme: string | undefined) =>
      server.url.replace('http', scheme ?? 'ws'),
    )
    // Another robot than those that are there already.
    .replace('--device 1722', '--device other-1722')
    .replace('--device robot-1', '--device other-1');
  return new PeerProcess('/bin/bash', ['-c', script], { LONGLINE_SERVER: server.url });
}

describeWithPeer('curl', 'the commands of the documentation', () => {
  const commands = ['README.md', 'docs/from-connection-scripts.md', 'docs/reading-a-line.md', 'docs/commands.md']
    .flatMap(documentedCommands)
    // locked.test.ts runs these, in their order.
    .filter(({ heading }) => heading !== LOCKED)
    .map(({ command }) => command.replace(/^npm run longline -- /, 'longline '))
    .filter((command) => !/^npm /.test(command));

  it('are found', () => expect(commands.length).toBeGreaterThan(10));

  it.each([...new Set(commands)])('%s', { timeout: TEST_MS }, async (command) => {
    const sign = lasting.find(([pattern]) => pattern.test(command))?.[1];
    const peer = run(command);
    if (sign === undefined) {
      expect({ code: await peer.exited, err: peer.stderr.replace(/^ *%.*$|^ .*--:--.*$/gm, '').trim() }).toMatchObject({
        code: 0,
      });
      expect(peer.stdout).not.toMatch(/^\{"code":/);
    } else {
      await peer.waitFor(({ stdout, stderr }) => `${stdout}${stderr}`.includes(sign), START_MS);
    }
    await peer.stop();
  });
});

describe('what the documentation names is there', () => {
  it('every npm script', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
    const pages = ['README.md', 'CONTRIBUTING.md', 'docs/from-connection-scripts.md'];
    const text = pages.map((page) => readFileSync(join(root, page), 'utf8')).join('\n');
    const named = [...text.matchAll(/npm run ([a-z]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

describe('the examples', { timeout: TEST_MS }, () => {
  it('embedded-server: a program with the server inside drives the turtle of an agent in a circle', async () => {
    const example = startNode(join(root, 'examples', 'embedded-server.ts'), ['0']);
    const listening = await example.waitFor(({ stdout }) => /listens on (\S+)/.exec(stdout) ?? undefined, START_MS);
    const allow = { publish: ['/turtle1/cmd_vel'] };
    const agent = await LonglineAgent.start({ device: '1722', server: listening[1] ?? '', robot: 'turtlesim:', allow });
    await example.waitFor(({ stdout }) => stdout.includes('angular_velocity: 1'), START_MS);
    await agent.stop();
    await example.stop();
  });

  it('worker-reader: a worker thread hears every robot', async () => {
    const example = startNode(join(root, 'examples', 'worker-reader.ts'), ['0']);
    const listening = await example.waitFor(({ stdout }) => /listens on (\S+)/.exec(stdout) ?? undefined, START_MS);
    const agent = await LonglineAgent.start({ device: '7', server: listening[1] ?? '', robot: 'turtlesim:' });
    await example.waitFor(({ stdout }) => stdout.includes('7 /turtle1/pose turtlesim/Pose 20 bytes'), START_MS);
    await agent.stop();
    await example.stop();
  });

  it('agent.yaml: is a valid configuration', async () => {
    const agent = run(`longline agent -c ${join(root, 'examples', 'agent.yaml')} --server ${server.url}`);
    await agent.waitFor(({ stderr }) => stderr.includes('the line is open'), START_MS);
    await agent.stop();
  });
});
