import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { Clock } from '@longline/ros';
import type { ConnectionHeader } from './connectionHeader.ts';
import { TcpRosConnection } from './TcpRosConnection.ts';
import type { ServiceServer } from './ServiceServer.ts';
import type { TopicPublisher } from './TopicPublisher.ts';
import { listenOnFreePort } from '../listenOnFreePort.ts';

/** Connections accepted at once; further ones are closed. */
export const MAX_SUBSCRIBER_CONNECTIONS = 1024;
/** Subscribers send nothing after their header. */
const MAX_SUBSCRIBER_FRAME_BYTES = 1024;

/** What a connection may ask for. */
export interface TcpRosOffers {
  readonly findPublisher: (topic: string) => TopicPublisher | undefined;
  readonly findService: (service: string) => ServiceServer | undefined;
}

/** Where subscribers of our topics and callers of our services connect. */
export class TcpRosServer {
  readonly #server: Server;
  readonly #clock: Clock;
  readonly #offers: TcpRosOffers;
  readonly #connections = new Set<TcpRosConnection>();

  constructor(clock: Clock, offers: TcpRosOffers) {
    this.#clock = clock;
    this.#offers = offers;
    this.#server = createServer((socket) => this.#accept(socket));
    this.#server.maxConnections = MAX_SUBSCRIBER_CONNECTIONS;
  }

  /** Listens on a free port of `address`; resolves to the port. */
  listen(address: string): Promise<number> {
    return listenOnFreePort(this.#server, address);
  }

  async close(): Promise<void> {
    for (const connection of [...this.#connections]) connection.close();
    if (!this.#server.listening) return;
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(socket: Socket): void {
    let taker: TopicPublisher | ServiceServer | undefined;
    const connection = new TcpRosConnection(socket, {
      clock: this.#clock,
      maxMessageBytes: MAX_SUBSCRIBER_FRAME_BYTES,
      handler: {
        handleHeader: (header) => {
          taker = this.#takerOf(connection, header);
          return true;
        },
        handleFrame: (frame) => taker?.handleFrame(connection, frame),
        handleClose: () => {
          this.#connections.delete(connection);
          taker?.handleClosed(connection);
        },
      },
    });
    this.#connections.add(connection);
  }

  #takerOf(connection: TcpRosConnection, header: ConnectionHeader): TopicPublisher | ServiceServer | undefined {
    const { findPublisher, findService } = this.#offers;
    const service = header.get('service');
    const topic = header.get('topic');
    const taker = service !== undefined ? findService(service) : topic !== undefined ? findPublisher(topic) : undefined;
    const refusal =
      taker === undefined
        ? `this node does not ${service === undefined ? 'publish' : 'provide'} ${service ?? topic ?? 'that'}`
        : taker.accept(connection, header);
    if (refusal === undefined) return taker;
    connection.sendHeader([['error', refusal]]);
    connection.finish();
    return undefined;
  }
}
