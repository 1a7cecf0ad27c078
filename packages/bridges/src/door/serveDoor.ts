import { createServer } from 'node:http';
import type { Log } from '@longline/ros';
import { WebSocketServer } from 'ws';
import { bindDoorSocket } from './bindDoorSocket.ts';
import type { DoorSession, DoorSocket } from './DoorSocket.ts';
import { pageMayConnect } from './pageMayConnect.ts';

/** Where a door listens. */
export interface ServeDoorOptions {
  /** Default `127.0.0.1`: whoever reaches the door commands the robot. */
  readonly host?: string | undefined;
  /** 0 takes any free port. */
  readonly port: number;
  readonly log: Log;
  /** Readers at a time; further ones are refused with 503. Default 64. */
  readonly maxReaders?: number | undefined;
  /** The first of these that the client offers is agreed on, and a client that offers none is refused with 400. Default: any client. */
  readonly subprotocols?: readonly string[] | undefined;
  /**
   * Web pages that may connect besides those of this machine (`http://localhost:3000`), as their `Origin`; desktop viewers may send `file://`.
   * Default: none, for any page of the web that is open in a browser here could command the robot. Programs send no origin and always may.
   */
  readonly origins?: readonly string[] | undefined;
  readonly open: (socket: DoorSocket) => DoorSession;
}

/** A door that listens until it is closed. */
export interface ServedDoor {
  /** `ws://host:port`. */
  readonly url: string;
  readonly port: number;
  /** Closes every reader's connection. Idempotent; waits. */
  close(): Promise<void>;
}

/** A larger frame closes its connection with 1009, in bytes. */
export const MAX_DOOR_FRAME_BYTES = 64 * 1024 * 1024;
const DEFAULT_MAX_READERS = 64;
/** Origins that the log tells of, once each. */
const MAX_KEPT_OUT = 100;

/** Serves a door on a port of this machine, to whoever can reach it. Rejects with the system's error where it cannot listen. */
export async function serveDoor(options: ServeDoorOptions): Promise<ServedDoor> {
  const { host = '127.0.0.1', port, log, maxReaders = DEFAULT_MAX_READERS, subprotocols, origins, open } = options;
  const http = createServer((_request, response) => {
    response.writeHead(426, { 'Content-Type': 'text/plain' }).end('Open a WebSocket here.\n');
  });
  const keptOut = new Set<string>();
  const agreed = (offered: Iterable<string>): string | undefined =>
    subprotocols === undefined ? undefined : Iterator.from(offered).find((name) => subprotocols.includes(name));
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_DOOR_FRAME_BYTES,
    handleProtocols: (offered) => agreed(offered) ?? false,
  });
  http.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    const { origin } = request.headers;
    if (!pageMayConnect(origin, origins)) {
      const page = origin?.slice(0, 200) ?? '';
      // The page itself is not told by its browser.
      if (!keptOut.has(page) && keptOut.size < MAX_KEPT_OUT) {
        keptOut.add(page);
        log.warn({ origin: page }, 'a web page was kept out; listing it in origins lets it in');
      }
      refuse('403 Forbidden', `Pages of ${page} may not connect here: list them in origins.`);
    } else if (sockets.clients.size >= maxReaders)
      refuse('503 Service Unavailable', `${maxReaders} readers are connected.`);
    else if (subprotocols !== undefined && agreed(offered) === undefined) {
      refuse('400 Bad Request', `Offer a subprotocol of ${subprotocols.join(', ')}.`);
    } else {
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        bindDoorSocket(webSocket, open, {
          handleFault: (error) => log.error({ error }, 'a door failed at a reader’s frame'),
        });
      });
    }

    function refuse(status: string, why: string): void {
      socket.end(`HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n${why}\n`);
    }
  });
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, resolve);
  });
  const address = http.address();
  const boundPort = typeof address === 'object' && address !== null ? address.port : port;
  let closed: Promise<void> | undefined;
  return {
    url: `ws://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    port: boundPort,
    close: () => (closed ??= closeAll()),
  };

  async function closeAll(): Promise<void> {
    for (const socket of sockets.clients) socket.terminate();
    await new Promise<void>((resolve) => {
      http.close(() => resolve());
      http.closeAllConnections();
    });
  }
}
