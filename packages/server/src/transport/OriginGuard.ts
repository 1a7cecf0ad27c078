import { isIP } from 'node:net';
import { ServerError } from '../errors.ts';
import { isLoopback, networkAddress } from './networkAddress.ts';
import type { Arrival, TrustedProxies } from './TrustedProxies.ts';

/** Methods that change nothing (RFC 9110, 9.2.1). */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Under which names a server is reached, and how. */
export interface OriginGuardOptions {
  readonly proxies: TrustedProxies;
  /** Where people and robots reach it. */
  readonly publicUrl?: URL | undefined;
  /** Origins of other pages that may open WebSockets: as {@link parseOrigin} gives them. Default: none. */
  readonly allowOrigins?: readonly string[] | undefined;
  /** Whether the certificate is for that name. Default: there is none. */
  readonly certifies?: ((name: string) => boolean) | undefined;
  /** Whoever comes past the proxies, from another machine, is refused: what they say would travel in the clear. Default false. */
  readonly onlyThroughProxies?: boolean | undefined;
  /** Nobody may come through a proxy at all: the server is unlocked, and a proxy carries the network to it. Default false. */
  readonly neverThroughProxies?: boolean | undefined;
}

/**
 * Keeps web pages of others away, also those whose name an attacker's DNS led to this server (rebinding): it answers to names
 * that are its own. Addresses are nobody's to rebind.
 */
export class OriginGuard {
  readonly #options: OriginGuardOptions;

  constructor(options: OriginGuardOptions) {
    this.#options = options;
  }

  /** Throws `HOST_FORBIDDEN`, `ORIGIN_FORBIDDEN`. */
  checkHttp(method: string, arrival: Arrival): void {
    this.#checkWay(arrival);
    this.#checkHost(arrival);
    if (!safeMethods.has(method)) this.#checkOrigin(arrival);
  }

  /** Throws `HOST_FORBIDDEN`, `ORIGIN_FORBIDDEN`. Browsers send an origin with every WebSocket; other clients need none. */
  checkUpgrade(arrival: Arrival): void {
    this.#checkWay(arrival);
    this.#checkHost(arrival);
    if (!this.#isAllowed(arrival.headers.origin)) this.#checkOrigin(arrival);
  }

  #isAllowed(origin: string | undefined): boolean {
    const from = origin === undefined ? undefined : originOf(origin);
    return from !== undefined && this.#options.allowOrigins?.includes(from) === true;
  }

  #checkWay(arrival: Arrival): void {
    const { neverThroughProxies, onlyThroughProxies, proxies, publicUrl } = this.#options;
    if (neverThroughProxies === true && arrival.headers['x-forwarded-for'] !== undefined) {
      throw new ServerError(
        'HOST_FORBIDDEN',
        'This came through a proxy, and the server is unlocked: whoever reaches the proxy would command every robot. ' +
          'Run longline init --data DIR, and start the server with --data DIR, --behind-proxy and --public-url.',
      );
    }
    if (onlyThroughProxies !== true || proxies.passed(arrival)) return;
    if (isLoopback(networkAddress(arrival.socket.remoteAddress ?? '') ?? '')) return;
    throw new ServerError(
      'HOST_FORBIDDEN',
      `This server is reached through its proxy only, at ${publicUrl?.origin ?? 'its public address'}. A proxy that is not known yet is named with --behind-proxy.`,
    );
  }

  #checkHost({ headers: { host = '' } }: Arrival): void {
    const { certifies, publicUrl } = this.#options;
    const name = nameOf(host);
    if (name === 'localhost' || isIP(name) !== 0 || name === publicUrl?.hostname) return;
    if (name !== '' && certifies?.(name) === true) return;
    throw new ServerError(
      'HOST_FORBIDDEN',
      `This server does not answer to the name that the Host header says, ${JSON.stringify(host.slice(0, 255))}. ` +
        'If it is reached under that name, start it with --public-url, like --public-url https://fleet.example.com; else use localhost or an address.',
      { details: { host: host.slice(0, 255) } },
    );
  }

  #checkOrigin(arrival: Arrival): void {
    const { host = '', origin } = arrival.headers;
    if (origin === undefined) return;
    const own = `${this.#options.proxies.isSecure(arrival) ? 'https' : 'http'}://${host}`;
    const from = originOf(origin);
    if (from !== undefined && (from === originOf(own) || from === this.#options.publicUrl?.origin)) return;
    throw new ServerError(
      'ORIGIN_FORBIDDEN',
      `Pages of ${JSON.stringify(origin.slice(0, 255))} may not command this server; only its own pages may, and for WebSockets those named with --allow-origin. Programs send no Origin header.`,
      { details: { origin: origin.slice(0, 255), host: host.slice(0, 255) } },
    );
  }
}

/** The name or address in a Host header, without the port; empty where there is none. */
function nameOf(host: string): string {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(host);
  return (match?.[1] ?? match?.[2] ?? '').toLowerCase();
}

/** An origin as it is compared; `file://` is that of viewers that run as desktop programs. Throws `OPTION_INVALID`. */
export function parseOrigin(text: string): string {
  const origin = originOf(text);
  if (origin !== undefined && (origin === FILE_ORIGIN || new URL(text).href === `${origin}/`)) return origin;
  throw new ServerError(
    'OPTION_INVALID',
    `--allow-origin ${JSON.stringify(text.slice(0, 255))} is no origin of a web page. Give scheme and name alone, like https://viewer.example.com, or file:// for desktop viewers.`,
  );
}

const FILE_ORIGIN = 'file://';

function originOf(text: string): string | undefined {
  if (text === FILE_ORIGIN) return text;
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  return new URL(text).origin;
}
