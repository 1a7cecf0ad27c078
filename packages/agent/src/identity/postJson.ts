import { request as requestHttp } from 'node:http';
import type { Agent, IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { AgentError } from '../errors.ts';

/** So long the server may take to answer, in milliseconds. */
const TIMEOUT_MS = 20_000;
/** Largest answer read, in bytes. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** What came back. */
export interface JsonAnswer {
  readonly status: number;
  /** Undefined where it is no JSON. */
  readonly body: unknown;
}

/** Sends JSON and reads JSON, without a log and without following anybody elsewhere. Rejects with `SERVER_UNREACHABLE`. */
export async function postJson(options: {
  readonly url: URL;
  readonly body: object;
  /** Certificate authorities in PEM, instead of those of the system. */
  readonly ca?: string | undefined;
  /** An HTTP proxy to go through. */
  readonly proxy?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}): Promise<JsonAnswer> {
  const { body, ca, proxy, signal, url } = options;
  const text = JSON.stringify(body);
  const agent: { agent?: Agent } = proxy === undefined ? {} : { agent: new HttpsProxyAgent(proxy) };
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
        ...(ca === undefined ? {} : { ca }),
        ...agent,
      });
      request.on('response', resolve).on('error', reject).end(text);
    });
    return { status: response.statusCode ?? 0, body: await readJson(response) };
  } catch (cause) {
    throw unreachable(url, cause);
  }
}

async function readJson(response: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response) {
    if (!Buffer.isBuffer(piece)) continue;
    bytes += piece.length;
    if (bytes > MAX_ANSWER_BYTES) return undefined;
    pieces.push(piece);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8'));
    return value;
  } catch {
    return undefined;
  }
}

function unreachable({ origin }: URL, cause: unknown): AgentError {
  const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no answer';
  const isUntrusted = /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS/.test(why);
  const help = isUntrusted
    ? 'Its certificate is not trusted here: where it is of an own authority, name that with --ca FILE.'
    : 'Look at the address, the network, and whether the server runs.';
  return new AgentError('SERVER_UNREACHABLE', `No server can be talked to at ${origin} (${why}). ${help}`, { cause });
}
