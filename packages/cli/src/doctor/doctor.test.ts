import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initCredentials, startServer } from '@longline/server';
import { makeCertificate } from '@longline/testing';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { CliRig } from '../CliRig.fixture.ts';
import { runCli } from '../runCli.ts';
import { TestTerminal } from '../TestTerminal.fixture.ts';

test('longline doctor looks at a real server and agent, and ends with 1 where something fails', async () => {
  const rig = await CliRig.start();
  onTestFinished(() => rig.stop());
  const { code, err, out } = await rig.run('doctor', '--json');
  expect(err).toBe('');
  expect(code).toBe(0);
  const { findings } = JSON.parse(out) as {
    readonly findings: readonly { readonly level: string; readonly what: string }[];
  };
  const short = findings.map(({ level, what }) => `${level} ${what}`);
  expect(short).toEqual(['ok node', 'ok tcp', 'ok server', 'ok clock', 'ok websocket', 'warn login']);
  const lost = await rig.run('doctor', '--server', 'http://127.0.0.1:1');
  expect(lost.code).toBe(1);
  expect(lost.out).toContain('FAIL  tcp: 127.0.0.1 port 1 does not');
  expect(lost.err).toContain('DOCTOR_FOUND');
});

test('of a locked server with TLS it looks at certificate, login, data directory and files, and shows no token', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'doctor-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [data, cert, key] = [join(folder, 'data'), join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const pair = makeCertificate();
  await writeFile(cert, pair.cert);
  await writeFile(key, pair.key, { mode: 0o600 });
  const { token } = await initCredentials(data);
  const log = pino({ level: 'silent' });
  const server = await startServer({ port: 0, dataDir: data, tls: { cert, key }, log });
  onTestFinished(() => server.stop());
  const url = `https://localhost:${server.port}`;
  const env = { LONGLINE_TOKEN: token, XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder };
  const doctor = async (...args: string[]) => {
    const terminal = new TestTerminal(env);
    const code = await runCli(['doctor', '--server', url, ...args], terminal);
    expect(terminal.out + terminal.err).not.toContain(token);
    return { code, lines: terminal.out.split('\n').filter((line) => /^\w/.test(line)) };
  };
  const files = ['--data', data, '--tls-cert', cert, '--tls-key', key];
  const well = await doctor('--ca', cert, ...files);
  expect(well.lines.filter((line) => !line.startsWith('ok'))).toEqual([]);
  expect(well.lines).toContain('ok    login: admin (admin)');
  expect(well.lines).toContain('ok    locked: the server asks everybody for a token');
  expect(well.code).toBe(0);
  await chmod(key, 0o644);
  await chmod(data, 0o755);
  const open = await doctor(...files);
  expect(open.lines.filter((line) => line.startsWith('FAIL')).map((line) => line.split(':')[0])).toEqual([
    'FAIL  certificate',
    'FAIL  data',
    'FAIL  tls key',
  ]);
  expect(open.code).toBe(1);
});
