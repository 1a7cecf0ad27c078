import { parseJsonExact } from '@longline/ros';
import { z } from 'zod';
import type { BridgeSocket, BridgeSocketListener, OpenBridgeSocket } from '../link/BridgeSocket.ts';

const clientOp = z.looseObject({ op: z.string() });
export type ClientOp = z.infer<typeof clientOp>;

/** For tests: a Foxglove server in memory that says what it is told to say, and answers pings. */
export class FakeFoxglove {
  /** What it says by itself to everyone who connects. */
  greeting: string[] = ['{"op":"serverInfo","name":"fake","capabilities":[],"supportedEncodings":["cdr"]}'];
  readonly received: ClientOp[] = [];
  readonly receivedFrames: Uint8Array[] = [];
  readonly offered: (readonly string[])[] = [];
  /** While set, connections are refused. */
  isDown = false;
  /** Half open: what is sent goes nowhere, nothing comes. */
  isDeaf = false;
  /** Told of every JSON op. */
  handleOp: (op: ClientOp) => void = () => undefined;
  readonly #connections = new Set<FakeConnection>();

  readonly open: OpenBridgeSocket = (_url, listener, protocols = []) => {
    this.offered.push(protocols);
    const connection = new FakeConnection(this, listener, () => this.#connections.delete(connection));
    if (this.isDown) {
      queueMicrotask(() => connection.end('connect ECONNREFUSED'));
      return connection;
    }
    this.#connections.add(connection);
    queueMicrotask(() => {
      connection.tell((told) => told.handleOpen());
      for (const text of this.greeting) connection.tell((told) => told.handleText(text));
    });
    return connection;
  };

  get connectionCount(): number {
    return this.#connections.size;
  }

  send(op: object): void {
    this.sendText(JSON.stringify(op));
  }

  sendText(text: string): void {
    for (const connection of [...this.#connections]) connection.tell((listener) => listener.handleText(text));
  }

  sendBinary(data: Uint8Array): void {
    for (const connection of [...this.#connections]) connection.tell((listener) => listener.handleBinary(data));
  }

  /** Ends every connection, as a process that dies. */
  crash(): void {
    for (const connection of [...this.#connections]) connection.end('closed with code 1006');
  }

  /** Ops of one kind, as received. */
  ops(op: string): ClientOp[] {
    return this.received.filter((received) => received.op === op);
  }
}

class FakeConnection implements BridgeSocket {
  readonly #server: FakeFoxglove;
  readonly #listener: BridgeSocketListener;
  readonly #handleGone: () => void;
  #isGone = false;

  constructor(server: FakeFoxglove, listener: BridgeSocketListener, handleGone: () => void) {
    this.#server = server;
    this.#listener = listener;
    this.#handleGone = handleGone;
  }

  send(data: string | Uint8Array): void {
    queueMicrotask(() => {
      if (this.#isGone || this.#server.isDeaf) return;
      if (typeof data !== 'string') {
        this.#server.receivedFrames.push(data);
        return;
      }
      const op = clientOp.parse(parseJsonExact(data));
      this.#server.received.push(op);
      this.#server.handleOp(op);
    });
  }

  ping(payload: Uint8Array): void {
    queueMicrotask(() => this.tell((listener) => listener.handlePong?.(payload)));
  }

  bufferedBytes(): number {
    return 0;
  }

  close(): void {
    this.#isGone = true;
    this.#handleGone();
  }

  end(reason: string): void {
    if (this.#isGone) return;
    this.close();
    this.#listener.handleClosed(reason);
  }

  tell(action: (listener: BridgeSocketListener) => void): void {
    if (!this.#isGone && !this.#server.isDeaf) action(this.#listener);
  }
}
