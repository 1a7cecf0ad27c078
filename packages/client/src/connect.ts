import type { WebSocketLike } from '@longline/line';
import { dialServer } from './dialServer.ts';
import type { TokenSource } from './dialServer.ts';
import { Fleet } from './Fleet.ts';
import type { FleetOptions } from './FleetOptions.ts';
import { liveUrl } from './liveUrl.ts';

/** Options of {@link connect}. */
export interface ConnectOptions extends FleetOptions {
  /** In a browser, while the page is hidden, receive no messages and begin anew when it is shown. Default true. */
  readonly pauseWhenHidden?: boolean;
  /**
   * Of a locked server: `ll_...`, or a function that gives one each time the server is connected to. It is sent in a header, to get a
   * ticket for each WebSocket. Keep it out of addresses and of what is stored in pages.
   */
  readonly token?: TokenSource | undefined;
  /** Default: the platform's. */
  readonly fetch?: typeof globalThis.fetch;
  /** Default: the platform's. */
  readonly WebSocket?: new (url: string, protocols: string[]) => WebSocketLike;
}

/**
 * Connects to a server, in the background: `connect('http://localhost:8080')`. `http`, `https`, `ws` and `wss` are
 * taken. Throws `SERVER_URL_INVALID`; everything later is told by {@link Fleet.status}.
 *
 * @example
 * const fleet = connect('https://fleet.example.com', { token: process.env.LONGLINE_TOKEN });
 */
export function connect(url: string, options: ConnectOptions = {}): Fleet {
  const target = liveUrl(url);
  // Node has neither.
  const document = options.document ?? ('document' in globalThis ? globalThis.document : undefined);
  const network = options.network ?? ('addEventListener' in globalThis ? globalThis : undefined);
  const { token, fetch = globalThis.fetch, WebSocket = globalThis.WebSocket } = options;
  return new Fleet(
    { target: url, reopens: true, open: dialServer({ target, token, fetch, WebSocket }) },
    { ...options, network, document: options.pauseWhenHidden === false ? undefined : document },
  );
}
