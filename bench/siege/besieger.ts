// The hostile of the siege bench, all from one address: connections that never finish, wrong tokens, a reader that never reads.
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { api } from './api.ts';
import { obey } from './obey.ts';
import { openReader } from './openReader.ts';
import type { Answer, Order, SiegeReport, Target } from './orders.ts';

/** Wrong tokens come on so many connections. */
const GUESSERS = 20;
/** So many connections are opened in one turn of the timer, every 10 ms. */
const AT_ONCE = 20;
const FROM = '127.0.0.3';

let held = 0;
let ended = 0;
let wrong = 0;
let refused = 0;
let readerIsThere = false;
let sinceMs = 0;

obey(async (order) => {
  switch (order.do) {
    case 'besiege':
      return besiege(order);
    case 'report':
      return { did: 'report', ...report() };
    default:
      throw new Error(`the besieger knows no order ${order.do}`);
  }
});

async function besiege(order: Extract<Order, { do: 'besiege' }>): Promise<Answer> {
  const body = { name: 'never-reads', role: 'viewer' };
  const { token } = await api(order, 'POST', '/api/v1/tokens', { token: order.admin, body });
  const reader = openReader({
    target: order,
    token: String(token),
    handleMessage: () => reader.pause(),
    handleClosed: () => (readerIsThere = false),
  });
  readerIsThere = true;
  keepUnfinished(order, order.unfinished);
  const guessers = Array.from({ length: GUESSERS }, () => openGuesser(order));
  let sent = 0;
  const startMs = performance.now();
  setInterval(() => {
    const due = Math.floor(((performance.now() - startMs) / 1000) * order.wrongPerSecond);
    for (; sent < due; sent++) guessers[sent % GUESSERS]?.();
  }, 5);
  return { did: 'besiege' };
}

/** Opens further ones in place of those that the server ends. */
function keepUnfinished(target: Target, count: number): void {
  let next = 0;
  setInterval(() => {
    for (let i = 0; i < AT_ONCE && held < count; i++) openUnfinished(target, next++);
  }, 10);
}

/** One that says nothing, half a request, or upgrades and never says hello; with TLS, half a handshake too. */
function openUnfinished(target: Target, index: number): void {
  const kind = index % 4;
  const half = target.ca !== undefined && kind === 3;
  const socket = kind === 0 || half ? openRaw(target) : open(target);
  held++;
  socket.on('error', () => undefined);
  socket.on('data', () => undefined);
  socket.once('close', () => {
    held--;
    ended++;
  });
  if (half) socket.write(Buffer.from([22, 3, 1, 2, 0, 1, 0, 1]));
  else if (kind === 1) socket.write(`GET /api/v1/devices HTTP/1.1\r\nHost: ${hostOf(target)}\r\nX-Slow: `);
  else if (kind > 1) socket.write(upgradeOf(target));
}

/** A connection that sends wrong tokens, each another, and counts how they are refused. */
function openGuesser(target: Target): () => void {
  let socket: Socket | undefined;
  const reopen = (): Socket => {
    const opened = open(target);
    opened.on('error', () => undefined);
    opened.once('close', () => (socket = undefined));
    opened.on('data', (chunk: Buffer) => (refused += chunk.toString('latin1').split('HTTP/1.1 4').length - 1));
    return opened;
  };
  return () => {
    const token = `ll_${randomBytes(32).toString('base64url')}`;
    wrong++;
    (socket ??= reopen()).write(
      `GET /api/v1/devices HTTP/1.1\r\nHost: ${hostOf(target)}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
  };
}

function report(): SiegeReport {
  const nowMs = performance.now();
  const seconds = (nowMs - sinceMs) / 1000;
  const figures = { held, ended, wrongPerSecond: wrong / seconds, refusedPerSecond: refused / seconds, readerIsThere };
  sinceMs = nowMs;
  wrong = refused = ended = 0;
  return figures;
}

const hostOf = ({ url }: Target): string => new URL(url).host;

const openRaw = ({ url }: Target): Socket => {
  const { hostname: host, port } = new URL(url);
  return connect({ host, port: Number(port), localAddress: FROM });
};

const open = (target: Target): Socket =>
  target.ca === undefined
    ? openRaw(target)
    : connectTls({ socket: openRaw(target), ca: target.ca, servername: 'localhost' });

const upgradeOf = (target: Target): string =>
  [
    'GET /api/v1/line HTTP/1.1',
    `Host: ${hostOf(target)}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    'Sec-WebSocket-Protocol: longline.v1',
    '',
    '',
  ].join('\r\n');
