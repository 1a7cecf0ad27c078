import type { ClientRequest, ClientRequestArgs } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { bindWebSocket, defaultLimits, subprotocols } from '@longline/line';
import { systemClock } from '@longline/ros';
import type { Clock } from '@longline/ros';
import { WebSocket } from 'ws';
import { connectFirst } from './connectFirst.ts';
import type { Dial } from './Dial.ts';
import { HostAddresses } from './HostAddresses.ts';
import { TcpAgent } from './TcpAgent.ts';

/** Where the line goes. */
export interface DialOptions {
  /** `ws:` or `wss:` with path. */
  readonly url: string;
  /** Asked before each attempt: the HTTP proxy to go through by CONNECT, or nothing. */
  readonly findProxy: () => string | undefined;
  /** Asked before each attempt: certificate authorities in PEM, instead of those of the system. */
  readonly findAuthorities?: (() => string | undefined) | undefined;
  /** Default: the system's. */
  readonly lookup?: (host: string) => Promise<readonly string[]>;
  /** Default: this machine's. */
  readonly clock?: Clock;
}

/**
 * Opens lines as WebSockets of the `ws` library, without compression: to all addresses of the server's name at once
 * ({@link connectFirst}), or through an HTTP proxy where there is one.
 */
export function dialWebSocket(options: DialOptions): Dial {
  const { clock = systemClock, findProxy, url } = options;
  const { hostname, port, protocol } = new URL(url);
  const isSecure = protocol === 'wss:';
  const host = hostname.replace(/^\[|\]$/g, '');
  // A mask keeps machines on the way from taking what is in a frame for a request of their own (RFC 6455, 10.3). Where there are
  // none, one of zeros spares both sides the work: a quarter more of large messages gets through.
  const isPrivate = isSecure || /^(?:localhost|127(?:\.\d+){3}|::1)$/.test(host);
  const addresses = new HostAddresses({ host, clock, ...(options.lookup && { lookup: options.lookup }) });
  /** Spares the certificates on the way down at the next connection (RFC 8446, 2.2). */
  let session: Buffer | undefined;

  return (attach, events, address) => {
    const givenUp = new AbortController();
    const ca = options.findAuthorities?.();
    const authorities = ca === undefined ? {} : { ca };
    let tcp: Socket | undefined;
    let isDirect = false;
    const handleConnected = (socket: Socket): void => {
      tcp = socket;
      if (givenUp.signal.aborted) socket.destroy();
      else events.handleProgress();
    };
    const connect = async (request: ClientRequestArgs): Promise<Duplex> => {
      const socket = await connectFirst({
        addresses: address === undefined ? await addresses.find() : [address],
        port: Number(port) || (isSecure ? 443 : 80),
        clock,
        signal: givenUp.signal,
      });
      isDirect = true;
      handleConnected(socket);
      if (!isSecure) return socket;
      const { servername } = request as { readonly servername?: string };
      const secure = connectTls({
        socket,
        ALPNProtocols: ['http/1.1'],
        ...authorities,
        ...(servername === undefined ? {} : { servername }),
        ...(session === undefined ? {} : { session }),
      });
      secure.on('session', (newer) => (session = newer));
      secure.once('secureConnect', () => events.handleProgress());
      return secure;
    };
    const proxy = findProxy();
    const webSocket = new WebSocket(url, [...subprotocols], {
      perMessageDeflate: false,
      maxPayload: defaultLimits.maxFrameBytes,
      ...(isPrivate ? { generateMask: (mask: Buffer) => mask.fill(0) } : {}),
      ...authorities,
      agent:
        proxy === undefined
          ? new TcpAgent({ isSecure, connect })
          : new HttpsProxyAgent(proxy, { signal: givenUp.signal, noDelay: true }),
      finishRequest: (request: ClientRequest) => {
        request.on('proxy', ({ socket }: { readonly socket: Socket }) => handleConnected(socket));
        request.end();
      },
    });
    webSocket.on('error', (error) => events.handleError(error));
    webSocket.on('open', () => {
      if (isDirect && tcp?.remoteAddress !== undefined) addresses.prefer(tcp.remoteAddress);
    });
    bindWebSocket(webSocket, attach);
    return {
      get localAddress() {
        return tcp?.localAddress;
      },
      get remoteAddress() {
        return isDirect ? tcp?.remoteAddress : undefined;
      },
      abandon: () => {
        givenUp.abort();
        // A reset, so that the system does not go on sending what was written.
        tcp?.resetAndDestroy();
        webSocket.terminate();
      },
    };
  };
}

/** The proxy for a line by `proxy` of the config, else by the environment, which knows `http:` and `https:` only. */
export function lineProxy(
  url: string,
  configured: string | undefined,
  proxyOfEnvironment: (url: string) => string,
): string | undefined {
  return configured ?? (proxyOfEnvironment(url.replace(/^ws/, 'http')) || undefined);
}
