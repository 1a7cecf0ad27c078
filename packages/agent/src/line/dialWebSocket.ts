import { HttpsProxyAgent } from 'https-proxy-agent';
import { bindWebSocket, defaultLimits, subprotocols } from '@longline/line';
import { WebSocket } from 'ws';
import type { Dial } from './LineConnector.ts';

/** Where the line goes. */
export interface DialOptions {
  /** `ws:` or `wss:` with path. */
  readonly url: string;
  /** Asked before each attempt: the HTTP proxy to go through by CONNECT, or nothing. */
  readonly findProxy: () => string | undefined;
}

/** Opens lines as WebSockets of the `ws` library, without compression, through an HTTP proxy where there is one. */
export function dialWebSocket(options: DialOptions): Dial {
  return (attach, handleError) => {
    const proxy = options.findProxy();
    const socket = new WebSocket(options.url, [...subprotocols], {
      perMessageDeflate: false,
      maxPayload: defaultLimits.maxFrameBytes,
      handshakeTimeout: defaultLimits.helloTimeoutMs,
      ...(proxy === undefined ? {} : { agent: new HttpsProxyAgent(proxy) }),
    });
    socket.on('error', handleError);
    bindWebSocket(socket, attach);
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
