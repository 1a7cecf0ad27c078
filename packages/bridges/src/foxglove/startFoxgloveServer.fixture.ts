import { FoxgloveServer } from '@foxglove/ws-protocol';
import type { IWebSocket } from '@foxglove/ws-protocol';
import { waitForEvent } from '@longline/testing';
import { WebSocketServer } from 'ws';

/** A robot that a `FoxgloveServer` of the npm package serves on loopback. */
export interface ServedRobot {
  readonly server: FoxgloveServer;
  readonly port: number;
  /** Channels that somebody reads. */
  readonly subscribed: ReadonlySet<number>;
  /** Cuts every connection. */
  cut(): void;
  close(): Promise<void>;
}

export interface ServeOptions {
  /** Default: any free one. */
  readonly port?: number;
  readonly capabilities?: readonly string[];
  readonly supportedEncodings?: readonly string[];
  readonly metadata?: Readonly<Record<string, string>>;
  /** The only subprotocol that the server knows; default the package's own. */
  readonly protocol?: string;
}

/** For tests: serves until it is closed. */
export async function startFoxgloveServer({
  port = 0,
  capabilities = [],
  supportedEncodings,
  metadata,
  protocol,
}: ServeOptions = {}): Promise<ServedRobot> {
  const server = new FoxgloveServer({
    name: 'robot',
    capabilities: [...capabilities],
    ...(supportedEncodings === undefined ? {} : { supportedEncodings: [...supportedEncodings] }),
    ...(metadata === undefined ? {} : { metadata: { ...metadata } }),
  });
  const subscribed = new Set<number>();
  server.on('subscribe', (id) => subscribed.add(id));
  server.on('unsubscribe', (id) => subscribed.delete(id));
  const sockets = new WebSocketServer({
    host: '127.0.0.1',
    port,
    handleProtocols: (offered) =>
      protocol === undefined ? server.handleProtocols(offered) : offered.has(protocol) && protocol,
  });
  // The package types the sockets of browsers, of which it uses what those of Node have as well.
  sockets.on('connection', (socket) => server.handleConnection(socket as unknown as IWebSocket, 'client'));
  await waitForEvent(sockets, 'listening');
  const address = sockets.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const cut = (): void => {
    for (const client of sockets.clients) client.terminate();
  };
  return {
    server,
    port: address.port,
    subscribed,
    cut,
    close: async () => {
      cut();
      await new Promise((resolve) => sockets.close(resolve));
    },
  };
}
