import { bindWebSocket, subprotocols } from '@longline/line';
import type { WebSocketLike } from '@longline/line';
import { Fleet } from './Fleet.ts';
import type { FleetOptions } from './Fleet.ts';
import { liveUrl } from './liveUrl.ts';

/** Options of {@link connect}. */
export interface ConnectOptions extends FleetOptions {
  /** In a browser, while the page is hidden, receive no messages and begin anew when it is shown. Default true. */
  readonly pauseWhenHidden?: boolean;
  /** Default: the platform's. */
  readonly WebSocket?: new (url: string, protocols: string[]) => WebSocketLike;
}

/**
 * Connects to a server, in the background: `connect('http://localhost:8080')`. `http`, `https`, `ws` and `wss` are
 * taken. Throws `SERVER_URL_INVALID`; everything later is told by {@link Fleet.status}.
 */
export function connect(url: string, options: ConnectOptions = {}): Fleet {
  const target = liveUrl(url);
  // Node has neither.
  const document = options.document ?? ('document' in globalThis ? globalThis.document : undefined);
  const network = options.network ?? ('addEventListener' in globalThis ? globalThis : undefined);
  const Socket = options.WebSocket ?? globalThis.WebSocket;
  return new Fleet(
    {
      target: url,
      reopens: true,
      open: (attach) => void bindWebSocket(new Socket(target, [...subprotocols]), attach),
    },
    { ...options, network, document: options.pauseWhenHidden === false ? undefined : document },
  );
}
