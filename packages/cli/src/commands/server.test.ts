import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initCredentials } from '@longline/server';
import { makeCertificate, waitFor } from '@longline/testing';
import { expect, onTestFinished, test } from 'vitest';
import { TestTerminal } from '../TestTerminal.fixture.ts';
import { server } from './server.ts';
import type { ServerCommandOptions } from './server.ts';

function directory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'longline-server-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return dir;
}

/** Runs the command until the test is over. */
async function started(options: ServerCommandOptions): Promise<TestTerminal> {
  const terminal = new TestTerminal();
  const running = server(terminal, { port: 0, ...options });
  onTestFinished(async () => {
    terminal.interrupt();
    await running;
  });
  await Promise.race([running, waitFor(() => terminal.out !== '')]);
  return terminal;
}

function tlsFiles(dir: string): { readonly tlsCert: string; readonly tlsKey: string } {
  const { cert, key } = makeCertificate();
  const [tlsCert, tlsKey] = [join(dir, 'cert.pem'), join(dir, 'key.pem')];
  writeFileSync(tlsCert, cert);
  writeFileSync(tlsKey, key, { mode: 0o600 });
  return { tlsCert, tlsKey };
}

test('an unlocked server says how robots connect, and how it is locked', async () => {
  const { out } = await started({});
  expect(out).toContain('robots connect with: longline agent --server http://127.0.0.1:');
  expect(out).toContain('longline init --data DIR');
});

test('a locked server says how to log in and to add a robot, under its public address', async () => {
  const data = directory();
  await initCredentials(data);
  const { out } = await started({
    data,
    behindProxy: ['10.0.0.1,10.0.1.0/24'],
    publicUrl: 'https://fleet.example.com',
  });
  expect(out).toContain('longline login https://fleet.example.com');
  expect(out).toContain('longline device add');
});

test('TLS: the address says so, and a hang-up signal has the files taken anew', async () => {
  const dir = directory();
  const terminal = await started({ ...tlsFiles(dir), json: true });
  expect(JSON.parse(terminal.out)).toMatchObject({ url: expect.stringMatching(/^https:/) as string, locked: false });
  tlsFiles(dir);
  terminal.hangUp();
  expect(terminal.err).toContain('TLS certificate taken anew');
});

test.each<[ServerCommandOptions, string]>([
  [{ tlsCert: 'cert.pem' }, 'ARGUMENT_INVALID'],
  [{ tlsCert: '/none/cert.pem', tlsKey: '/none/key.pem' }, 'TLS_UNUSABLE'],
  [{ host: '0.0.0.0' }, 'ADDRESS_NOT_LOOPBACK'],
  [{ behindProxy: ['10.0.0.1'] }, 'OPTION_INVALID'],
  [{ publicUrl: 'fleet.example.com' }, 'OPTION_INVALID'],
])('%j is refused with %s', async (options, code) => {
  await expect(server(new TestTerminal(), { port: 0, ...options })).rejects.toMatchObject({ code });
});
