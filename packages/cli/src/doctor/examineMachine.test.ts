import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '@longline/testing';
import { expect, onTestFinished, test } from 'vitest';
import { checkAgent } from './checkAgent.ts';
import { checkNode } from './checkNode.ts';
import { checkServerData, checkTlsFiles } from './checkServerData.ts';
import { examineMachine } from './examineMachine.ts';
import type { DoctorQuestion } from './examineMachine.ts';
import { FakeMachine } from './FakeMachine.fixture.ts';
import type { Finding } from './Finding.ts';

const short = (findings: readonly Finding[]): string[] => findings.map(({ level, what }) => `${level} ${what}`);
const noCredentials = {
  path: '/home/u/.config/longline/credentials.json',
  defaultServer: undefined,
  tokenFor: () => undefined,
};
const agentParts: NonNullable<DoctorQuestion['agentParts']> = {
  tryRobot: () => Promise.resolve({ state: 'connected' }),
  tryDeadman: () => Promise.resolve(undefined),
};
const question: DoctorQuestion = {
  path: undefined,
  device: undefined,
  server: undefined,
  token: undefined,
  credentials: noCredentials,
  data: undefined,
  tlsCert: undefined,
  tlsKey: undefined,
  ca: undefined,
  isLocked: () => Promise.resolve(true),
  agentParts,
};

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'doctor-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('it looks for what is there: nothing, a login, a server', async () => {
  expect(short(await examineMachine(new FakeMachine(), question))).toEqual(['ok node', 'warn doctor']);
  const machine = new FakeMachine().addFile(noCredentials.path, 0o600);
  const credentials = { ...noCredentials, defaultServer: 'https://fleet.example.com', tokenFor: () => 'll_x' };
  const findings = await examineMachine(machine, { ...question, credentials });
  expect(short(findings)).toEqual([
    'ok node',
    'ok credentials',
    'ok name',
    'ok tcp',
    'ok certificate',
    'ok server',
    'ok clock',
    'ok websocket',
    'ok login',
  ]);
  const server = new FakeMachine().addFile('/data', 0o700, true).addFile('/data/credentials.db', 0o600);
  expect(short(await examineMachine(server, { ...question, data: '/data' }))).toEqual([
    'ok node',
    'ok data',
    'ok credentials',
    'ok data',
    'ok locked',
  ]);
});

test('credentials that others can read are found, and those that cannot be used', async () => {
  const machine = new FakeMachine().addFile(noCredentials.path, 0o644);
  const credentials = {
    path: noCredentials.path,
    get defaultServer(): string {
      throw new Error('others may read it');
    },
    tokenFor: () => undefined,
  };
  const findings = await examineMachine(machine, { ...question, credentials });
  expect(short(findings)).toEqual(['ok node', 'fail credentials', 'fail credentials']);
  expect(findings[1]?.advice).toBe(`chmod 600 ${noCredentials.path}`);
});

test('a data directory that is open, full, foreign, unlocked or missing is found', async () => {
  const locked = (): Promise<boolean> => Promise.resolve(true);
  const open = new FakeMachine().addFile('/data', 0o755, true).addFile('/data/credentials.db', 0o600);
  open.free = 1_000;
  expect(short(await checkServerData(open, '/data', locked))).toEqual([
    'fail data',
    'ok credentials',
    'warn data',
    'ok locked',
  ]);
  const foreign = new FakeMachine().addFile('/data', 0o700, true);
  foreign.userId = 7;
  foreign.writable = false;
  expect(short(await checkServerData(foreign, '/data', locked))).toEqual(['fail data', 'fail data', 'warn locked']);
  expect(short(await checkServerData(new FakeMachine(), '/data', locked))).toEqual(['fail data']);
});

test('a certificate with its key is well; with another key, with one file and with an open key it is not', async () => {
  const [one, other] = [makeCertificate(), makeCertificate()];
  const machine = new FakeMachine().addFile('/key.pem', 0o600);
  machine.clockErrorMs = Date.now() - machine.wallMs();
  machine.texts.set('/cert.pem', one.cert).set('/key.pem', one.key).set('/other.pem', other.key);
  const levels = async (cert?: string, key?: string) =>
    (await checkTlsFiles(machine, { cert, key })).map(({ level }) => level);
  expect(await levels()).toEqual([]);
  expect(await levels('/cert.pem')).toEqual(['fail']);
  expect(await levels('/cert.pem', '/other.pem')).toEqual(['fail']);
  expect(await levels('/cert.pem', '/none.pem')).toEqual(['fail']);
  expect((await levels('/cert.pem', '/key.pem')).at(-1)).toBe('ok');
  machine.addFile('/key.pem', 0o640);
  expect((await levels('/cert.pem', '/key.pem')).at(-1)).toBe('fail');
});

test("a robot's part: configuration, identity, state, server, ROS and deadman, each with its advice", async () => {
  const folder = await emptyFolder();
  const path = join(folder, 'agent.yaml');
  await writeFile(path, `device: r1\nserver: wss://fleet.example.com\nstateDir: ${folder}\n`);
  const machine = new FakeMachine();
  const findings = await checkAgent(machine, { path, device: undefined }, agentParts);
  expect(short(findings)).toEqual([
    'ok configuration',
    'warn identity',
    'ok state',
    'ok name',
    'ok tcp',
    'ok certificate',
    'ok server',
    'ok clock',
    'ok websocket',
    'ok ros',
    'ok deadman',
  ]);
  const sick = await checkAgent(
    machine,
    { path, device: undefined },
    {
      tryRobot: () => Promise.resolve({ state: 'disconnected', code: 'ROS_UNREACHABLE', reason: 'nobody there.' }),
      tryDeadman: () => Promise.resolve('no memory'),
    },
  );
  expect(short(sick).slice(-2)).toEqual(['fail ros', 'fail deadman']);
  await writeFile(path, 'devise: r1\n');
  expect(short(await checkAgent(machine, { path, device: undefined }, agentParts))).toEqual(['fail configuration']);
});

test('an identity is that of this device, and for its owner alone', async () => {
  const folder = await emptyFolder();
  const path = join(folder, 'agent.yaml');
  const identity = {
    device: 'r1',
    server: 'fleet',
    url: 'https://fleet.example.com',
    privateKey: 'none of your business',
  };
  await writeFile(path, `device: r1\nserver: https://other.example.com\nstateDir: ${folder}\n`);
  await writeFile(join(folder, 'identity.json'), JSON.stringify(identity), { mode: 0o600 });
  const machine = new FakeMachine().addFile(join(folder, 'identity.json'), 0o600);
  const well = await checkAgent(machine, { path, device: undefined }, agentParts);
  expect(short(well).slice(0, 4)).toEqual(['ok configuration', 'ok identity', 'warn identity', 'ok key']);
  expect(JSON.stringify(well)).not.toContain(identity.privateKey);
  await writeFile(path, `device: r2\nstateDir: ${folder}\n`);
  expect(short(await checkAgent(machine, { path, device: undefined }, agentParts))).toContain('fail identity');
});

test('an old Node.js is found', () => {
  expect(checkNode({ nodeVersion: 'v20.19.0' }).level).toBe('fail');
  expect(checkNode({ nodeVersion: 'v24.0.0' }).level).toBe('ok');
});
