import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { ServerError } from '../errors.ts';
import { networkAddress } from './networkAddress.ts';

/** What is looked at of an HTTP request or upgrade. */
export interface Arrival {
  readonly headers: IncomingHttpHeaders;
  readonly socket: { readonly remoteAddress?: string | undefined; readonly encrypted?: boolean };
}

/** So many hops of `X-Forwarded-For` are followed. */
const MAX_HOPS = 20;

/**
 * The reverse proxies in front of the server. What they say of a client (`X-Forwarded-For`, `X-Forwarded-Proto`) is
 * believed; from anybody else it is not looked at.
 */
export class TrustedProxies {
  readonly #addresses = new BlockList();
  /** Whether there is any. */
  readonly isNone: boolean;

  /** Addresses and networks: `10.0.0.5`, `10.0.0.0/8`, `fd00::/8`. Throws `OPTION_INVALID`. */
  constructor(addresses: readonly string[] = []) {
    this.isNone = addresses.length === 0;
    for (const text of addresses) this.#add(text);
  }

  includes(address: string): boolean {
    const version = isIP(address);
    return !this.isNone && version !== 0 && this.#addresses.check(address, version === 4 ? 'ipv4' : 'ipv6');
  }

  /** Whether it came through one of them. */
  passed({ socket }: Arrival): boolean {
    return this.includes(networkAddress(socket.remoteAddress ?? '') ?? '');
  }

  /**
   * The client's address: of the peer, or where that is one of the proxies, the nearest address before it that is none.
   * The one way to it for everything: limits, logs, failed log-ins.
   */
  addressOf({ headers, socket }: Arrival): string {
    let address = networkAddress(socket.remoteAddress ?? '') ?? 'unknown';
    const forwarded = headers['x-forwarded-for'];
    if (forwarded === undefined || !this.includes(address)) return address;
    const text = typeof forwarded === 'string' ? forwarded : forwarded.join();
    let end = text.length;
    for (let hop = 0; hop < MAX_HOPS && end > 0 && this.includes(address); hop++) {
      const comma = text.lastIndexOf(',', end - 1);
      const before = networkAddress(text.slice(comma + 1, end));
      // Beyond what cannot be read nobody vouches for anything.
      if (before === undefined) break;
      address = before;
      end = comma;
    }
    return address;
  }

  /** Whether the client speaks TLS, with the server or with the proxy before it. */
  isSecure(arrival: Arrival): boolean {
    if (arrival.socket.encrypted === true) return true;
    const protocol = arrival.headers['x-forwarded-proto'];
    return typeof protocol === 'string' && /(?:^|,)\s*https\s*$/i.test(protocol) && this.passed(arrival);
  }

  #add(text: string): void {
    const [address = '', bits, ...rest] = text.split('/');
    const version = isIP(address);
    const most = version === 4 ? 32 : 128;
    const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
    if (version === 0 || rest.length > 0 || !(prefix >= 0 && prefix <= most)) {
      throw new ServerError(
        'OPTION_INVALID',
        `${JSON.stringify(text.slice(0, 255))} is no address of a proxy. Give --behind-proxy addresses or networks, like 127.0.0.1 or 10.0.0.0/8.`,
      );
    }
    this.#addresses.addSubnet(address, prefix, version === 4 ? 'ipv4' : 'ipv6');
  }
}
