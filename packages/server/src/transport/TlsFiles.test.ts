import { chmodSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock, makeCertificate } from '@longline/testing';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import type { TlsPair } from './readTlsPair.ts';
import { TlsFiles } from './TlsFiles.ts';

const DAY_MS = 86_400_000;

class Rig {
  readonly dir = mkdtempSync(join(tmpdir(), 'longline-tls-'));
  readonly paths = { cert: join(this.dir, 'cert.pem'), key: join(this.dir, 'key.pem') };
  readonly clock = new FakeClock({ wallNs: BigInt(Date.now()) * 1_000_000n });
  readonly lines: string[] = [];
  readonly applied: TlsPair[] = [];
  readonly log = pino({ level: 'info' }, { write: (line: string) => void this.lines.push(line) });

  constructor() {
    onTestFinished(() => rmSync(this.dir, { recursive: true }));
  }

  write({ cert, key }: { cert: string; key: string }, keyMode = 0o600): void {
    writeFileSync(this.paths.cert, cert);
    writeFileSync(this.paths.key, key);
    chmodSync(this.paths.key, keyMode);
  }

  open(): TlsFiles {
    const files = new TlsFiles(this.paths, this);
    files.start((pair) => void this.applied.push(pair));
    onTestFinished(() => files.stop());
    return files;
  }
}

const refused = (words: string): Error =>
  expect.objectContaining({ code: 'TLS_UNUSABLE', message: expect.stringContaining(words) as string }) as Error;

test('a pair is taken, for the names of its certificate', () => {
  const rig = new Rig();
  rig.write(makeCertificate({ names: ['fleet.example.com', '*.robots.example.com'] }));
  const files = rig.open();
  expect(files.certifies('fleet.example.com')).toBe(true);
  expect(files.certifies('one.robots.example.com')).toBe(true);
  expect(files.certifies('evil.example')).toBe(false);
  expect(rig.lines).toEqual([]);
});

test('files that cannot be used are refused, each with what is wrong', () => {
  const rig = new Rig();
  const good = makeCertificate();
  expect(() => rig.open()).toThrow(refused('does not exist'));
  rig.write({ ...good, cert: 'nonsense' });
  expect(() => rig.open()).toThrow(refused('no certificate'));
  rig.write({ ...good, key: 'nonsense' });
  expect(() => rig.open()).toThrow(refused('no private key'));
  rig.write({ ...good, key: makeCertificate().key });
  expect(() => rig.open()).toThrow(refused('does not belong'));
  const nowMs = Date.now();
  rig.write(makeCertificate({ fromMs: nowMs - 2 * DAY_MS, toMs: nowMs - DAY_MS }));
  expect(() => rig.open()).toThrow(refused('ended at'));
  rig.write(makeCertificate({ fromMs: nowMs + DAY_MS, toMs: nowMs + 2 * DAY_MS }));
  expect(() => rig.open()).toThrow(refused('begins at'));
});

test('no refusal tells the key', () => {
  const rig = new Rig();
  const { cert, key } = makeCertificate();
  rig.write({ cert: key, key: cert });
  const secret = key.split('\n')[1] ?? '';
  try {
    rig.open();
    expect.unreachable();
  } catch (error) {
    expect(String(error)).not.toContain(secret);
  }
});

test('new files are taken within 10 s, links that lead elsewhere too', async () => {
  const rig = new Rig();
  rig.write(makeCertificate({ names: ['old.example.com'] }));
  const files = rig.open();
  await rig.clock.advance(60_000);
  expect(rig.applied).toEqual([]);
  const renewed = makeCertificate({ names: ['new.example.com'] });
  for (const name of ['cert', 'key'] as const) {
    const path = join(rig.dir, `${name}-2.pem`);
    writeFileSync(path, renewed[name], { mode: 0o600 });
    unlinkSync(rig.paths[name]);
    symlinkSync(path, rig.paths[name]);
  }
  await rig.clock.advance(10_000);
  expect(rig.applied.map(({ certificate }) => certificate.subjectAltName)).toEqual(['DNS:new.example.com']);
  expect(files.certifies('new.example.com')).toBe(true);
});

test('a bad new pair leaves the old one in use, is told, and is over with the next good one', async () => {
  const rig = new Rig();
  rig.write(makeCertificate({ names: ['old.example.com'] }));
  const files = rig.open();
  writeFileSync(rig.paths.cert, makeCertificate({ names: ['half.example.com'] }).cert);
  await rig.clock.advance(20_000);
  expect(rig.applied).toEqual([]);
  expect(files.certifies('old.example.com')).toBe(true);
  expect(rig.lines.filter((line) => line.includes('goes on with the pair before'))).toHaveLength(1);
  rig.write(makeCertificate({ names: ['new.example.com'] }));
  files.reload();
  expect(files.certifies('new.example.com')).toBe(true);
});

test('a certificate that ends soon, and a key that everybody can read, are spoken of once a day', async () => {
  const rig = new Rig();
  rig.write(makeCertificate({ toMs: Date.now() + 10.5 * DAY_MS }), 0o644);
  rig.open();
  const said = (words: string): string[] => rig.lines.filter((line) => line.includes(words));
  expect(said('"daysLeft":10')).toHaveLength(1);
  expect(said('every user of this machine')).toHaveLength(1);
  await rig.clock.advance(2 * DAY_MS);
  expect(said('ends soon')).toHaveLength(3);
});
