import type { IncomingHttpHeaders } from 'node:http';
import { ServerError } from '../errors.ts';

/** Methods that change nothing (RFC 9110, 9.2.1). */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);
const loopbackHost = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

/**
 * Keeps web pages of others away. Without credentials the only thing between a page that somebody happens to visit and
 * the robots is where the browser says the request comes from.
 */
export class OriginGuard {
  readonly #loopbackOnly: boolean;

  /** `loopbackOnly`: the server listens on loopback, so any other name in `Host` was rebound to it by DNS. */
  constructor(options: { readonly loopbackOnly: boolean }) {
    this.#loopbackOnly = options.loopbackOnly;
  }

  /** Throws `HOST_FORBIDDEN`, `ORIGIN_FORBIDDEN`. */
  checkHttp(method: string, headers: IncomingHttpHeaders): void {
    this.#checkHost(headers);
    if (!safeMethods.has(method)) this.#checkOrigin(headers);
  }

  /** Throws `HOST_FORBIDDEN`, `ORIGIN_FORBIDDEN`. Browsers send an origin with every WebSocket; other clients need none. */
  checkUpgrade(headers: IncomingHttpHeaders): void {
    this.#checkHost(headers);
    this.#checkOrigin(headers);
  }

  #checkHost({ host = '' }: IncomingHttpHeaders): void {
    if (!this.#loopbackOnly || loopbackHost.test(host)) return;
    throw new ServerError(
      'HOST_FORBIDDEN',
      `This server listens on loopback and answers to localhost, 127.0.0.1 and [::1] only; the Host header says ${JSON.stringify(host.slice(0, 255))}.`,
      { details: { host: host.slice(0, 255) } },
    );
  }

  #checkOrigin({ host = '', origin }: IncomingHttpHeaders): void {
    if (origin === undefined || hostOf(origin) === host.toLowerCase()) return;
    throw new ServerError(
      'ORIGIN_FORBIDDEN',
      `Pages of ${JSON.stringify(origin.slice(0, 255))} may not command this server; only its own pages may. Programs send no Origin header.`,
      { details: { origin: origin.slice(0, 255), host: host.slice(0, 255) } },
    );
  }
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
