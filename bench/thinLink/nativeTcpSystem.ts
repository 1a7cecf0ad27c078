import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { ROBOT_ADDRESS, SERVER_ADDRESS } from '../netem/ThinLink.ts';
import { SYSTEM_PORT } from './LinkSystem.ts';
import type { LinkSystem } from './LinkSystem.ts';
import { loadTopics } from './loadTopics.ts';

const REDIAL_MS = 1_000;
const LENGTH_BYTES = 4;
const portOf = (topic: number): number => SYSTEM_PORT + 1 + topic;
const COMMAND_PORT = SYSTEM_PORT;

/**
 * What ROS 1 does over a link without anything in between: the subscriber dials the publisher, a connection per topic,
 * each message behind its length, Nagle's algorithm off; a publisher whose socket is full keeps the newest message
 * (`queue_size` 1); a subscriber whose connection broke dials again every second.
 */
export const nativeTcpSystem: LinkSystem = {
  name: 'native-tcp',
  serve: () => Promise.resolve(),
  async connectRobot(handleCommand) {
    const publishers = await Promise.all(loadTopics.map((_, topic) => publisherOn(ROBOT_ADDRESS, portOf(topic))));
    const commands = subscribe(SERVER_ADDRESS, COMMAND_PORT, handleCommand);
    return { connections: commands.connections, publish: (topic, data) => publishers[topic]?.(data) };
  },
  async connectReader(handleMessage) {
    loadTopics.forEach((_, topic) => subscribe(ROBOT_ADDRESS, portOf(topic), (data) => handleMessage(topic, data)));
    return { command: await publisherOn(SERVER_ADDRESS, COMMAND_PORT) };
  },
};

/** A subscriber's connection, and the message that waits for it. */
class Subscriber {
  readonly #socket: Socket;
  #newest: Uint8Array | undefined;
  #isFull = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  handleMessage(data: Uint8Array): void {
    if (this.#isFull) {
      this.#newest = data;
      return;
    }
    this.#isFull = true;
    this.#newest = undefined;
    const frame = Buffer.allocUnsafe(LENGTH_BYTES + data.byteLength);
    frame.writeUInt32LE(data.byteLength);
    frame.set(data, LENGTH_BYTES);
    this.#socket.write(frame, () => {
      this.#isFull = false;
      if (this.#newest !== undefined) this.handleMessage(this.#newest);
    });
  }
}

/** Listens for subscribers; returns what publishes to all of them. */
async function publisherOn(host: string, port: number): Promise<(data: Uint8Array) => void> {
  const subscribers = new Set<Subscriber>();
  const server = createServer({ noDelay: true }, (socket) => {
    const subscriber = new Subscriber(socket.resume());
    subscribers.add(subscriber);
    socket.on('error', () => undefined).on('close', () => subscribers.delete(subscriber));
  });
  server.listen(port, host);
  await once(server, 'listening');
  return (data) => {
    for (const subscriber of subscribers) subscriber.handleMessage(data);
  };
}

/** Dials a publisher, again and again, and reads its messages. */
function subscribe(
  host: string,
  port: number,
  handleData: (data: Uint8Array) => void,
): { readonly connections: () => number } {
  let connections = 0;
  const dial = (): void => {
    let rest: Buffer = Buffer.alloc(0);
    const socket = connect(port, host);
    socket.on('connect', () => (connections += 1));
    socket.on('data', (chunk) => {
      rest = rest.byteLength === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (;;) {
        const end = rest.byteLength < LENGTH_BYTES ? Number.POSITIVE_INFINITY : LENGTH_BYTES + rest.readUInt32LE();
        if (rest.byteLength < end) return;
        handleData(rest.subarray(LENGTH_BYTES, end));
        rest = rest.subarray(end);
      }
    });
    socket.on('error', () => undefined).on('close', () => setTimeout(dial, REDIAL_MS));
  };
  dial();
  return { connections: () => connections };
}
