// The server of the siege bench: locked, with the bounds it has by default.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initCredentials, startServer } from '@longline/server';
import { makeCertificate } from '@longline/testing';
import { obey } from './obey.ts';
import type { Answer, Order } from './orders.ts';

const dir = mkdtempSync(join(tmpdir(), 'longline-siege-'));
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
let endProfile = (): Promise<void> => Promise.resolve();

obey(async (order) => {
  switch (order.do) {
    case 'serve':
      return serve(order);
    case 'stop':
      await endProfile();
      rmSync(dir, { recursive: true, force: true });
      return { did: 'stop' };
    default:
      throw new Error(`the server knows no order ${order.do}`);
  }
});

async function serve({ tls, profile }: Extract<Order, { do: 'serve' }>): Promise<Answer> {
  const { token: admin } = await initCredentials(dir);
  const pair = tls ? makeCertificate() : undefined;
  const paths = { cert: join(dir, 'cert.pem'), key: join(dir, 'key.pem') };
  if (pair !== undefined) {
    writeFileSync(paths.cert, pair.cert);
    writeFileSync(paths.key, pair.key, { mode: 0o600 });
  }
  const { url } = await startServer({ port: 0, dataDir: dir, tls: pair === undefined ? undefined : paths });
  if (profile !== undefined) await beginProfile(profile);
  return { did: 'serve', url, ca: pair?.cert, admin };
}

async function beginProfile(file: string): Promise<void> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  endProfile = async () => {
    const { profile } = await session.post('Profiler.stop');
    writeFileSync(file, JSON.stringify(profile));
  };
}
