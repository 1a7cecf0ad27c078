import { ClientError } from '@longline/client';
import { LonglineError, parseJsonExact } from '@longline/ros';
import { z } from 'zod';
import type { Terminal } from './Terminal.ts';
import { noServer, serverOf } from './withFleet.ts';
import type { ServerOptions } from './withFleet.ts';

/** Parameters of a request; those without a value are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

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
  readonly #signal: AbortSignal;

  /** Throws `SERVER_URL_INVALID`. */
  constructor(terminal: Terminal, options: ServerOptions) {
    this.#server = serverOf(terminal, options);
    if (!URL.canParse(this.#server) || !/^(http|ws)s?:/.test(this.#server)) {
      throw new ClientError('SERVER_URL_INVALID', `${this.#server} is no server: write http://HOST:PORT or https://.`);
    }
    this.#signal = terminal.signal;
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

  async #fetch(
    method: string,
    path: string,
    what: { readonly query?: Query; readonly accept?: string; readonly body?: object | undefined },
  ): Promise<Response> {
    const { accept = 'application/json', body, query = {} } = what;
    const url = new URL(path, this.#server.replace(/^ws/, 'http'));
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const response = await fetch(url, {
      method,
      headers: { accept, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
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
