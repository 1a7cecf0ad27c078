import { createServer } from 'node:http';
import type { RequestListener, Server, ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { TlsPair } from './readTlsPair.ts';

/** So long a client may take for a TLS handshake, and then for the head of a request, in milliseconds. */
const HEAD_TIMEOUT_MS = 10_000;
/** So long a client may take to send a whole request, in milliseconds. */
const REQUEST_TIMEOUT_MS = 30_000;
/** So long a connection without a request is kept, in milliseconds. */
const KEEP_ALIVE_MS = 30_000;
/** How often Node looks for those that took too long, in milliseconds: seldom would be many of them at once, and hold up the others. */
const CHECK_EVERY_MS = 100;

/** An HTTP server that waits for nobody for ever; with a TLS pair it speaks TLS 1.2 and newer only. */
export function createHttpServer(listener: RequestListener, pair: TlsPair | undefined): Server {
  const options: ServerOptions = {
    headersTimeout: HEAD_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: CHECK_EVERY_MS,
  };
  if (pair === undefined) return createServer(options, listener);
  const { cert, key } = pair;
  return createTlsServer({ ...options, ...tlsOptions, handshakeTimeout: HEAD_TIMEOUT_MS, cert, key }, listener);
}

/** For every context of a server's TLS. */
export const tlsOptions = { minVersion: 'TLSv1.2' } as const;
