import { Agent, request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initCredentials, startServer } from '@longline/server';
import type { Server } from '@longline/server';
import { pino } from 'pino';
import { z } from 'zod';
import { bendText, bendValue } from '../bendValue.ts';
import type { Dice } from '../Dice.ts';
import { documentedCodes } from '../documentedErrors.ts';
import { claim } from '../FuzzTarget.ts';
import type { FuzzTarget } from '../FuzzTarget.ts';

const TIMEOUT_MS = 5_000;
const MANY = 1e9;
/** So that it is the decoders that refuse, and not the counters. */
const limits = {
  requestsPerSecond: MANY,
  maxConnectionsPerAddress: MANY,
  maxUngreetedPerAddress: 1_000,
  maxStandingPerDevice: 10,
  maxCommands: 100,
};
const message = { kind: 'publish', topic: '/t', message: { data: 1 }, deadlineMs: 100, whenOffline: 'wait' };
/** Good bodies, one of which fits most routes. */
const bodies: readonly unknown[] = [
  message,
  { kind: 'call', service: '/s', request: {} },
  { message: { data: 1 }, rateHz: 1, holdMs: 1_000 },
  { token: 1, holdMs: 60_000 },
  { holdMs: 60_000, takeOver: true },
  { devices: '*', outputs: '/**' },
  { name: 'viewer-2', role: 'viewer', devices: ['*'], read: ['/**'], write: [], expiresInDays: 1 },
  { role: 'operator', devices: ['r*'] },
  { token: `lj_${'A'.repeat(43)}`, publicKey: 'A'.repeat(43), signature: 'A'.repeat(86) },
  {},
];
const queries = [
  'topic=/t',
  'token=1',
  'limit=5',
  'topic=%2Ft&maxAgeMs=1000',
  'state=done',
  'devices=*',
  'ticket=x',
  '',
];
const documentShape = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

interface Ask {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A real locked server, and what goes to it: every route of its document, and upgrades, by all kinds of askers. */
class Doors {
  readonly #server: Server;
  readonly #directory: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #routes: readonly { readonly method: string; readonly path: string }[];
  readonly #tokens: readonly string[];
  readonly #secrets: readonly string[];

  private constructor(server: Server, directory: string, tokens: readonly string[], routes: Doors['routes']) {
    this.#server = server;
    this.#directory = directory;
    this.#tokens = tokens;
    this.#secrets = tokens.map((token) => token.slice(3));
    this.#routes = routes;
  }

  static async open(): Promise<Doors> {
    const directory = mkdtempSync(join(tmpdir(), 'longline-fuzz-'));
    const { token: admin } = await initCredentials(directory);
    const server = await startServer({ port: 0, dataDir: directory, log: pino({ level: 'silent' }), limits });
    const tokens = [admin];
    for (const [name, role] of [
      ['viewer', 'viewer'],
      ['other', 'operator'],
      ['operator', 'operator'],
    ] as const) {
      const devices = name === 'other' ? ['r2'] : ['*'];
      const response = await fetch(`${server.url}/api/v1/tokens`, {
        method: 'POST',
        headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name, role, devices, read: ['/t'], write: ['/t'] }),
      });
      tokens.push(z.object({ token: z.string() }).parse(await response.json()).token);
    }
    const document = documentShape.parse(await (await fetch(`${server.url}/api/v1/openapi.json`)).json());
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
    );
    return new Doors(server, directory, tokens, routes);
  }

  get routes(): readonly { readonly method: string; readonly path: string }[] {
    return this.#routes;
  }

  any(dice: Dice): Ask {
    const { method, path } = dice.one(this.#routes);
    const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) => {
      // Tokens that the other cases need are not for taking away.
      const value = name === 'name' ? 'nobody' : dice.one(['r1', 'r2', 'c1', 'x']);
      return encodeURIComponent(wellFormed(dice.oneIn(3) ? bendText(dice, value) : value)).slice(0, 2_000);
    });
    const query = dice.oneIn(2) ? dice.one(queries) : encodeURI(wellFormed(bendText(dice, dice.one(queries))));
    const url = `${filled === '' ? '/' : filled}${query === '' ? '' : `?${query}`}`
      .slice(0, 8_000)
      .replaceAll('#', '%23');
    const hasBody = method !== 'GET' && !dice.oneIn(4);
    const text = JSON.stringify(dice.oneIn(3) ? dice.one(bodies) : bendValue(dice, dice.one(bodies))) as
      string | undefined;
    const body = dice.oneIn(8) ? bendText(dice, text ?? '') : (text ?? '');
    return {
      method: dice.oneIn(30) ? dice.one(['OPTIONS', 'HEAD', 'TRACE', 'PATCH']) : method,
      path: url,
      headers: {
        ...this.#credential(dice),
        ...(hasBody ? { 'content-type': dice.oneIn(20) ? 'text/plain' : 'application/json' } : {}),
        ...(dice.oneIn(8)
          ? { [dice.one(['origin', 'host', 'x-forwarded-for', 'accept', 'cookie'])]: header(dice) }
          : {}),
      },
      body: hasBody ? body.slice(0, 200_000) : undefined,
    };
  }

  upgrade(dice: Dice): Ask {
    const good: Record<string, string> = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-protocol': 'longline.v1',
      ...this.#credential(dice),
    };
    for (let count = dice.below(3); count > 0; count--) {
      const name = dice.one(['sec-websocket-version', 'sec-websocket-key', 'sec-websocket-protocol', 'origin', 'host']);
      good[name] = dice.oneIn(2) ? header(dice) : clean(bendText(dice, good[name] ?? 'http://localhost'));
    }
    const path = dice.one([
      '/api/v1/line',
      '/api/v1/live',
      '/api/v1/live?ticket=',
      '/api/v1/live?token=ll_x',
      '/',
      '/x',
    ]);
    const rest = dice.oneIn(3) ? encodeURIComponent(wellFormed(bendText(dice, 'ticket'))) : '';
    return { method: 'GET', path: path + rest, headers: good, body: undefined };
  }

  /** Asks; and the answer is one that the documents know, and tells no secret. */
  async ask({ body, headers, method, path }: Ask): Promise<void> {
    const { status, text } = await this.#send(method, path, headers, body);
    claim(!this.#secrets.some((secret) => text.includes(secret)), 'an answer tells a token');
    claim(status !== 500, `it failed inside: ${text.slice(0, 300)}`);
    if (status < 400 || method === 'HEAD' || text === '') return;
    const refusal = z.object({ code: z.string(), message: z.string() }).safeParse(jsonOf(text)).data;
    // What is no HTTP, or no WebSocket, the libraries refuse before us.
    if (refusal === undefined)
      claim(headers['upgrade'] !== undefined, `${status} without a code: ${text.slice(0, 100)}`);
    else claim(documentedCodes.has(refusal.code), `${refusal.code} is not documented`);
  }

  /** Whoever is good is served as ever. */
  async checkGood(): Promise<void> {
    const [, viewer = ''] = this.#tokens;
    const { status } = await this.#send('GET', '/api/v1/whoami', { authorization: `Bearer ${viewer}` }, undefined);
    claim(status === 200, `a good viewer is answered ${status}`);
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    await this.#server.stop();
    rmSync(this.#directory, { recursive: true });
  }

  #credential(dice: Dice): Record<string, string> {
    const token = dice.one(this.#tokens);
    if (dice.oneIn(6)) return {};
    if (dice.oneIn(6)) return { authorization: clean(bendText(dice, `Bearer ${token}`)) };
    return { authorization: `Bearer ${token}` };
  }

  #send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string | undefined,
  ): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const isUpgrade = headers['upgrade'] !== undefined;
    const outgoing = request({
      host: '127.0.0.1',
      port: this.#server.port,
      method,
      path,
      headers: { ...headers },
      agent: isUpgrade ? false : this.#agent,
      timeout: TIMEOUT_MS,
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    outgoing.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: '' });
    });
    outgoing.on('response', (response) => {
      let text = '';
      const settle = (): void => resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        text += piece;
        // A stream has no end of its own.
        if (response.headers['content-type']?.startsWith('application/x-ndjson') !== true) return;
        settle();
        outgoing.destroy();
      });
      response.on('end', settle);
      response.on('close', settle);
    });
    outgoing.on('error', (error) => {
      // It may close a connection whose request it does not read to the end.
      if ('code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE'))
        resolve({ status: 0, headers: {}, text: '' });
      else reject(error);
    });
    outgoing.end(body);
    return promise;
  }
}

const header = (dice: Dice): string =>
  clean(dice.one(['', 'null', 'http://evil.example', 'localhost:1', '127.0.0.1', dice.text(20), 'a,'.repeat(200)]));
/** What a header may carry; the rest the client itself refuses. */
const clean = (text: string): string => text.replace(/[^\x20-\x7e]/g, '~').slice(0, 4_000);
const wellFormed = (text: string): string => text.toWellFormed();

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The doors of a real locked server. Its state goes on from case to case: a failure may need those before it. */
export const serverDoors: FuzzTarget = {
  name: 'server-doors',
  async open() {
    const doors = await Doors.open();
    return {
      async play(dice, feed) {
        for (let count = 0; count < 5; count++) {
          const ask = dice.oneIn(4) ? doors.upgrade(dice) : doors.any(dice);
          await feed(ask, () => doors.ask(ask));
        }
        if (dice.oneIn(10)) await doors.checkGood();
      },
      close: () => doors.close(),
    };
  },
};
