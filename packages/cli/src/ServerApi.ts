import { ClientError } from '@longline/client';
import { LonglineError, parseJsonExact, stringifyExact } from '@longline/ros';
import { z } from 'zod';
import { refusedHere } from './login/refusedHere.ts';
import { serverAccess } from './login/serverAccess.ts';
import type { ServerAccess } from './login/serverAccess.ts';
import type { Terminal } from './Terminal.ts';
import { noServer } from './withFleet.ts';
import type { ServerOptions } from './withFleet.ts';

/** Parameters of a request; those without a value are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

/** What goes with a request. */
interface RequestParts {
  readonly query?: Query;
  readonly body?: unknown;
  readonly accept?: string;
}

const refusalSchema = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
});
/** Longest line of a stream of JSON lines, in characters. */
const MAX_LINE = 16 * 1024 * 1024;

/** What only the server knows, over its HTTP API. Refusals are thrown with the server's own code. */
export class ServerApi {
  readonly #server: string;
  readonly #token: string | undefined;
  readonly #signal: AbortSignal;

  /** `access`, where it is not that of the options. Throws `SERVER_URL_INVALID`, `CREDENTIALS_UNUSABLE`, `ARGUMENT_INVALID`. */
  constructor(terminal: Terminal, options: ServerOptions, access: ServerAccess = serverAccess(terminal, options)) {
    this.#server = access.server;
    this.#token = access.token;
    if (!URL.canParse(this.#server) || !/^(http|ws)s?:/.test(this.#server)) {
      throw new ClientError('SERVER_URL_INVALID', `${this.#server} is no server: write http://HOST:PORT or https://.`);
    }
    this.#signal = terminal.signal;
  }

  /** Its address for HTTP. */
  get url(): string {
    return this.#server.replace(/^ws/, 'http');
  }

  /** The answer as exact JSON: large integers are bigints. */
  async get(path: string, query: Query = {}): Promise<unknown> {
    return parseJsonExact(await (await this.#fetch('GET', path, { query })).text());
  }

  /** Changes something; the answer as exact JSON. */
  async send(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<unknown> {
    return parseJsonExact(await (await this.#fetch(method, path, { body })).text());
  }

  /** The lines of an answer that is one JSON text a line, as they come, until it ends or the terminal's signal aborts. */
  async *lines(path: string, query: Query = {}): AsyncGenerator<string, undefined> {
    const { body } = await this.#fetch('GET', path, { query, accept: 'application/x-ndjson' });
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of body ?? []) {
      const texts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = texts.pop() ?? '';
      if (rest.length > MAX_LINE) throw new LonglineError('FRAME_TOO_LARGE', 'the server sent a line without an end');
      for (const text of texts) if (text.trim() !== '') yield text;
    }
    if (rest.trim() !== '') yield rest;
    return undefined;
  }

  async #fetch(method: string, path: string, parts: RequestParts): Promise<Response> {
    const { accept = 'application/json', body, query = {} } = parts;
    const url = new URL(path, this.url);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const response = await fetch(url, {
      method,
      headers: {
        accept,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
      },
      ...(body === undefined ? {} : { body: stringifyExact(body) }),
      signal: this.#signal,
    }).catch((error: unknown) => {
      throw this.#signal.aborted ? error : noServer(this.#server);
    });
    if (response.ok) return response;
    const text = await response.text();
    const refusal = refusalSchema.safeParse(jsonOf(text)).data;
    if (refusal === undefined) {
      const what = `${this.#server} answered ${response.status} to ${path}: it is no Longline server, or an older one.`;
      throw new ClientError('SERVER_UNREACHABLE', what);
    }
    if (response.status === 401) throw refusedHere(refusal.code, refusal.message, this.#server);
    throw new LonglineError(refusal.code, refusal.message, { details: refusal.details ?? {} });
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
