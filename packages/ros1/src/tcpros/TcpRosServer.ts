import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { Clock } from '@longline/ros';
import type { ConnectionHeader } from './connectionHeader.ts';
import { TcpRosConnection } from './TcpRosConnection.ts';
import type { TopicPublisher } from './TopicPublisher.ts';
import { listenOnFreePort } from '../listenOnFreePort.ts';

/** Connections accepted at once; further ones are closed. */
export const MAX_SUBSCRIBER_CONNECTIONS = 1024;
/** Subscribers send nothing after their header. */
const MAX_SUBSCRIBER_FRAME_BYTES = 1024;

/** Where subscribers of our topics connect. */
export class TcpRosServer {
  readonly #server: Server;
  readonly #clock: Clock;
  readonly #findPublisher: (topic: string) => TopicPublisher | undefined;
  readonly #connections = new Set<TcpRosConnection>();

  constructor(clock: Clock, findPublisher: (topic: string) => TopicPublisher | undefined) {
    this.#clock = clock;
    this.#findPublisher = findPublisher;
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
    let publisher: TopicPublisher | undefined;
    const connection = new TcpRosConnection(socket, {
      clock: this.#clock,
      maxMessageBytes: MAX_SUBSCRIBER_FRAME_BYTES,
      handler: {
        handleHeader: (header) => {
          publisher = this.#publisherFor(connection, header);
          return true;
        },
        handleFrame: () => undefined,
        handleClose: () => {
          this.#connections.delete(connection);
          publisher?.handleClosed(connection);
        },
      },
    });
    this.#connections.add(connection);
  }

  #publisherFor(connection: TcpRosConnection, header: ConnectionHeader): TopicPublisher | undefined {
    const topic = header.get('topic');
    const publisher = topic === undefined ? undefined : this.#findPublisher(topic);
    const refusal =
      publisher === undefined
        ? `this node does not publish ${topic ?? 'services'}`
        : publisher.accept(connection, header);
    if (refusal === undefined) return publisher;
    connection.sendHeader([['error', refusal]]);
    connection.finish();
    return undefined;
  }
}
