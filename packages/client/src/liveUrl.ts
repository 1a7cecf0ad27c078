import { ClientError } from './errors.ts';

/** Path of the readers' WebSocket. */
const LIVE_PATH = '/api/v1/live';

/**
 * The address of a server's readers' WebSocket: `http`, `https`, `ws` and `wss` are taken, the path is added where
 * there is none. Throws `SERVER_URL_INVALID`.
 */
export function liveUrl(server: string): string {
  const url = URL.parse(server);
  const scheme = url === null ? undefined : schemes.get(url.protocol);
  if (url === null || scheme === undefined || url.hostname === '') {
    throw new ClientError(
      'SERVER_URL_INVALID',
      `${JSON.stringify(server)} is not a server's address: write it like http://localhost:8080 or wss://robots.example.org.`,
      { details: { server } },
    );
  }
  const path = url.pathname === '/' ? LIVE_PATH : url.pathname;
  return `${scheme}//${url.host}${path}${url.search}`;
}

const schemes = new Map([
  ['http:', 'ws:'],
  ['ws:', 'ws:'],
  ['https:', 'wss:'],
  ['wss:', 'wss:'],
]);
