// The honest of the siege bench: robots that joined and send, and readers of everything that measure how old it is.
import { generateKeyPairSync, sign } from 'node:crypto';
import type { HelloSigner } from '@longline/line';
import { connectRobot, endedLines } from '../fleet/connectRobot.ts';
import type { BenchRobot } from '../fleet/connectRobot.ts';
import { nowMs } from '../fleet/nowMs.ts';
import { readStamp, robotChannels, sentChannel, sentTopic } from '../fleet/robotChannels.ts';
import { api } from './api.ts';
import { obey } from './obey.ts';
import { openReader } from './openReader.ts';
import type { Ages, Answer, Order, Target } from './orders.ts';

const LAST_WAIT_MS = 300;
const robots: BenchRobot[] = [];
const agesMs: number[] = [];
let received = 0;
let endedReaders = 0;

obey(async (order) => {
  switch (order.do) {
    case 'connect':
      return connect(order);
    case 'pace':
      return { did: 'pace', ...(await pace(order)) };
    default:
      throw new Error(`the fleet knows no order ${order.do}`);
  }
});

async function connect(order: Extract<Order, { do: 'connect' }>): Promise<Answer> {
  const { url, ca, admin } = order;
  for (let i = 0; i < order.robots; i++) {
    const device = `robot-${i}`;
    const signer = await join(order, admin, device);
    robots.push(await connectRobot(url, '127.0.0.2', device, { signer, ca }));
  }
  const all = Promise.withResolvers<undefined>();
  for (let i = 0; i < order.readers; i++) {
    const { token } = await api(order, 'POST', '/api/v1/tokens', {
      token: admin,
      body: { name: `reader-${i}`, role: 'viewer' },
    });
    openReader({
      target: order,
      token: String(token),
      handleMessage: ({ topic }, { data }) => {
        received++;
        if (topic === sentTopic) agesMs.push(nowMs() - readStamp(data));
        if (received >= order.robots * robotChannels.length * order.readers) all.resolve(undefined);
      },
      handleClosed: (reason) => {
        endedReaders++;
        console.error(`siege: an honest reader's line ended: ${reason}`);
      },
    });
  }
  await all.promise;
  return { did: 'connect' };
}

/** Robots are spread evenly over the period: a fleet does not send in step. */
async function pace({ hz, forMs }: Extract<Order, { do: 'pace' }>): Promise<Ages> {
  received = agesMs.length = 0;
  const startMs = nowMs();
  let sent = 0;
  for (let elapsedMs = 0; elapsedMs < forMs; elapsedMs = nowMs() - startMs) {
    const due = Math.floor((elapsedMs / 1000) * hz * robots.length);
    for (; sent < due; sent++) robots[sent % robots.length]?.send(sentChannel);
    await new Promise((next) => setTimeout(next, 1));
  }
  await new Promise((next) => setTimeout(next, LAST_WAIT_MS));
  const sorted = agesMs.toSorted((one, other) => one - other);
  const quantile = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  const linesEnded = endedLines + endedReaders;
  return { sent, received, p50Ms: quantile(0.5), p99Ms: quantile(0.99), maxMs: quantile(1), linesEnded };
}

/** Makes a key and joins with it. */
async function join(target: Target, admin: string, device: string): Promise<HelloSigner> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x: key = '' } = publicKey.export({ format: 'jwk' });
  const { token } = await api(target, 'POST', `/api/v1/devices/${device}/join-token`, { token: admin });
  const signature = sign(null, Buffer.from(`longline.v1 join\n${String(token)}\n${key}`), privateKey).toString(
    'base64url',
  );
  const { server } = await api(target, 'POST', '/api/v1/join', { body: { token, publicKey: key, signature } });
  return { server: String(server), sign: (text) => sign(null, text, privateKey) };
}
