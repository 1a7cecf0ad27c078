import { lookup } from 'node:dns/promises';
import { constants } from 'node:fs';
import { access, readdir, readFile, stat, statfs } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect as tcpConnect } from 'node:net';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { connect as tlsConnect } from 'node:tls';
import type { CertificateFacts, FileFacts, HttpAnswer, Machine } from './Machine.ts';

const TIMEOUT_MS = 5_000;
/** Longest answer read, in bytes. */
const MAX_BODY_BYTES = 64 * 1024;

/** The machine that this process runs on. Network steps give up after 5 s. */
export class ThisMachine implements Machine {
  readonly nodeVersion = process.version;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home = homedir();
  readonly userId = process.getuid?.();

  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.env = env;
  }

  wallMs(): number {
    return Date.now();
  }

  async file(path: string): Promise<FileFacts | undefined> {
    try {
      const facts = await stat(path);
      return { isDirectory: facts.isDirectory(), mode: facts.mode & 0o777, ownerId: facts.uid };
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  readText(path: string): Promise<string> {
    return readFile(path, 'utf8');
  }

  async namesIn(folder: string): Promise<readonly string[]> {
    return readdir(folder).catch(() => []);
  }

  async isWritable(path: string): Promise<boolean> {
    const there = await nearest(path);
    return access(there, constants.W_OK).then(
      () => true,
      () => false,
    );
  }

  async freeBytes(path: string): Promise<number> {
    const { bavail, bsize } = await statfs(await nearest(path));
    return bavail * bsize;
  }

  async resolve(host: string): Promise<readonly string[]> {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  }

  connect(host: string, port: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const socket = tcpConnect({ host, port, timeout: TIMEOUT_MS });
    socket.once('connect', () => resolve(undefined));
    socket.once('error', reject);
    socket.once('timeout', () => reject(tooLate()));
    return promise.finally(() => socket.destroy());
  }

  certificate(host: string, port: number, ca?: string): Promise<CertificateFacts> {
    const { promise, resolve, reject } = Promise.withResolvers<CertificateFacts>();
    // It is looked at, and nothing is sent: so one that is not to be trusted may be shown as well.
    const socket = tlsConnect({
      host,
      port,
      servername: /[a-z]/i.test(host) && !host.includes(':') ? host : '',
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
      timeout: TIMEOUT_MS,
      ...(ca === undefined ? {} : { ca }),
    });
    socket.once('secureConnect', () => {
      const { valid_to: validTo } = socket.getPeerCertificate();
      resolve({ expiresMs: Date.parse(validTo), distrust: socket.authorized ? undefined : reasonOf(socket) });
    });
    socket.once('error', reject);
    socket.once('timeout', () => reject(tooLate()));
    return promise.finally(() => socket.destroy());
  }

  get(
    url: string,
    { ca, token }: { readonly token?: string | undefined; readonly ca?: string | undefined } = {},
  ): Promise<HttpAnswer> {
    return ask(
      url,
      { accept: 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      ca,
    );
  }

  upgrade(url: string, { ca }: { readonly ca?: string | undefined } = {}): Promise<HttpAnswer> {
    const key = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64');
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': key,
    };
    return ask(url, headers, ca);
  }
}

function ask(url: string, headers: Readonly<Record<string, string>>, ca: string | undefined): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const startMs = performance.now();
  const request = url.startsWith('https:') ? httpsRequest : httpRequest;
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const outgoing = request(url, { headers, agent: false, signal, ...(ca === undefined ? {} : { ca }) });
  outgoing.on('error', (error) => reject(signal.aborted ? tooLate() : error));
  outgoing.on('upgrade', (_response, socket) => {
    socket.destroy();
    resolve({ status: 101, body: '', dateMs: undefined, tookMs: performance.now() - startMs });
  });
  outgoing.on('response', (response) => {
    const tookMs = performance.now() - startMs;
    const dateMs = Date.parse(response.headers.date ?? '');
    let body = '';
    response.setEncoding('utf8');
    response.on('error', reject);
    response.on('data', (text: string) => {
      body += text;
      if (body.length > MAX_BODY_BYTES) response.destroy(new Error('the answer is too long'));
    });
    response.on('end', () =>
      resolve({ status: response.statusCode ?? 0, body, dateMs: Number.isNaN(dateMs) ? undefined : dateMs, tookMs }),
    );
  });
  outgoing.end();
  return promise;
}

/** Why a certificate is not to be trusted. Node's types say Error; of most reasons it is a code. */
function reasonOf({ authorizationError: reason }: { readonly authorizationError: unknown }): string {
  if (reason instanceof Error) return reason.message;
  return typeof reason === 'string' ? reason : 'it is not to be trusted';
}

/** The path itself, or the nearest folder above it that exists. */
async function nearest(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    const isThere = await stat(at).then(
      () => true,
      () => false,
    );
    if (isThere || dirname(at) === at) return at;
  }
}

const tooLate = (): Error => new Error(`no answer within ${TIMEOUT_MS / 1_000} s`);
