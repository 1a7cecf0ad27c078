import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@longline/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CliRig } from './CliRig.fixture.ts';
import { runCli } from './runCli.ts';
import { TestTerminal } from './TestTerminal.fixture.ts';

let rig: CliRig;

beforeAll(async () => {
  rig = await CliRig.start();
  await rig.run('service', 'call', 'turtle', '/spawn', '{x: 2, y: 3, name: bob}');
  await rig.run('service', 'call', 'turtle', '/reset');
});

afterAll(() => rig.stop());

test("a robot's commands are listed with what became of them, newest first", async () => {
  const { code, out } = await rig.run('command', 'ls', 'turtle');
  const [header, newest, oldest] = out.split('\n');
  expect([code, header]).toEqual([0, expect.stringMatching(/^ACCEPTED +KIND +TARGET +STATE +TOOK +BY +ID$/)]);
  expect(newest).toMatch(/call +\/reset +rejected NOT_ALLOWED/);
  expect(oldest).toMatch(/call +\/spawn +done /);
  const done: unknown = JSON.parse((await rig.run('command', 'ls', 'turtle', '--state', 'done', '--json')).out);
  expect(done).toMatchObject([{ kind: 'call', target: '/spawn', state: 'done' }]);
  expect((await rig.run('command', 'ls', 'turtle', '--state', 'unknown')).err).toMatch(/^No command to turtle/);
});

test('the life of one command is shown with both clocks', async () => {
  const [told] = JSON.parse((await rig.run('command', 'ls', 'turtle', '--state', 'done', '--json')).out) as {
    id: string;
  }[];
  const { out } = await rig.run('command', 'show', 'turtle', told!.id);
  expect(out).toMatch(
    /^call \/spawn: DONE\n {2}by .*\n {2}accepted .*Z\n {2}sent +.*\n[^]* {2}done +\S+Z {3}robot's clock \S+Z\n$/,
  );
  expect(await rig.run('command', 'show', 'turtle', 'nonsense')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^COMMAND_UNKNOWN: /) as string,
  });
});

test('transitions are watched as they happen', async () => {
  const watch = rig.begin('command', 'watch', 'turtle');
  const json = rig.begin('command', 'watch', 'turtle', '--json');
  await waitFor(async () => {
    await rig.run('service', 'call', 'turtle', '/spawn', '{x: 1, y: 1}');
    return watch.term.out.includes('done') && json.term.out.includes('"state":"done"');
  });
  expect(watch.term.out).toMatch(/ done +call \/spawn by /);
  watch.term.interrupt();
  json.term.interrupt();
  expect(await watch.done).toMatchObject({ code: 0, err: '' });
  expect(await json.done).toMatchObject({ code: 0, err: '' });
});

test('the audit tells who did what, as a table, JSON and JSON lines', async () => {
  const { code, out } = await rig.run('audit', '--device', 'turtle');
  expect([code, out]).toEqual([0, expect.stringMatching(/^TIME +BY +DEVICE +WHAT +TARGET +OUTCOME +TOKEN\n/)]);
  expect(out).toMatch(/turtle +command +\/reset +rejected NOT_ALLOWED/);
  const json: unknown = JSON.parse((await rig.run('audit', '-n', '1', '--json')).out);
  expect(json).toMatchObject([{ device: 'turtle' }]);
  const lines = (await rig.run('audit', '--what', 'command', '--ndjson')).out.trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { what: string }).what)).toEqual(Array(lines.length).fill('command'));
  expect((await rig.run('audit', '--to', '2000-01-01')).err).toMatch(/^The audit has no entry/);
});

test('with --data the audit outlives the server; a place that cannot be used is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'longline-data-'));
  for (const stops of [1, 2]) {
    const term = new TestTerminal();
    const done = runCli(['server', '--port', '0', '--data', join(folder, 'new'), '--json'], term);
    await waitFor(() => term.out !== '');
    const { url } = JSON.parse(term.out) as { url: string };
    await rig.run('stop', 'nobody', '--server', url);
    const audit = JSON.parse((await rig.run('audit', '--what', 'stop', '--json', '--server', url)).out) as unknown[];
    expect(audit).toHaveLength(stops);
    term.interrupt();
    expect(await done).toBe(0);
  }
  await writeFile(join(folder, 'file'), '');
  const term = new TestTerminal();
  expect(await runCli(['server', '--port', '0', '--data', join(folder, 'file', 'below')], term)).toBe(1);
  expect(term.err).toMatch(/STORE_UNUSABLE: /);
  await rm(folder, { recursive: true });
});

test('what the server refuses, and a server that is none, are told with their codes', async () => {
  expect(await rig.run('command', 'ls', 'turtle', '--state', 'nonsense')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^REQUEST_INVALID: /) as string,
  });
  expect((await rig.run('command', 'ls', 'nobody')).err).toMatch(/^DEVICE_UNKNOWN: /);
  expect((await rig.run('audit', '--server', 'http://127.0.0.1:1')).err).toMatch(/^SERVER_UNREACHABLE: No Longline/);
  expect((await rig.run('audit', '--server', 'nonsense')).err).toMatch(/^SERVER_URL_INVALID: /);
});
