import { parseJsonExact } from '@longline/ros';
import { z } from 'zod';
import type { BridgeSocket, BridgeSocketListener, OpenBridgeSocket } from '../link/BridgeSocket.ts';

const clientOp = z.looseObject({ op: z.string(), topic: z.string().optional(), id: z.string().optional() });
export type ClientOp = z.infer<typeof clientOp>;

/** Answers one service: the values, an Error for `result: false`, or `'silence'`. */
export type FakeService = (args: unknown) => unknown;

/** A call as a client made it. */
export interface FakeCall {
  readonly service: string;
  readonly args: unknown;
}

/**
 * For tests: a rosbridge server in memory that behaves like the real ones: calls of one connection run one after another,
 * a call without an answer blocks its connection for ever, and nothing is ever reported.
 */
export class FakeRosbridge {
  /** Services by name; any other does not exist. */
  readonly services = new Map<string, FakeService>();
  /** All that is no call, in order, over all connections. */
  readonly received: ClientOp[] = [];
  readonly calls: FakeCall[] = [];
  /** While set, connections are refused. */
  isDown = false;
  opened = 0;
  /** Told of everything that is no call. */
  handleOp: (op: ClientOp) => void = () => undefined;
  readonly #connections = new Set<FakeConnection>();

  readonly open: OpenBridgeSocket = (_url, listener) => {
    const connection = new FakeConnection(this, listener, () => this.#connections.delete(connection));
    if (this.isDown) {
      queueMicrotask(() => connection.end('connect ECONNREFUSED'));
    } else {
      this.opened++;
      this.#connections.add(connection);
      queueMicrotask(() => connection.handleOpen());
    }
    return connection;
  };

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** To every connection that subscribed to anything. */
  sendText(text: string): void {
    for (const connection of this.#dataConnections()) connection.tell((listener) => listener.handleText(text));
  }

  sendBinary(data: Uint8Array): void {
    for (const connection of this.#dataConnections()) connection.tell((listener) => listener.handleBinary(data));
  }

  /** Ends every connection, as a process that dies. */
  crash(): void {
    for (const connection of [...this.#connections]) connection.end('closed with code 1006');
  }

  /** Calls a service that a client advertised; its answer is among `received`. */
  callClient(service: string, id: string, args: unknown): void {
    const text = JSON.stringify({ op: 'call_service', service, id, args });
    for (const connection of this.#dataConnections()) connection.tell((listener) => listener.handleText(text));
  }

  /** The subscriptions in force, newest last. */
  subscriptions(topic: string): ClientOp[] {
    return [...this.#connections].flatMap((connection) => connection.subscriptions).filter((op) => op.topic === topic);
  }

  #dataConnections(): FakeConnection[] {
    return [...this.#connections].filter(({ isData }) => isData);
  }
}

class FakeConnection implements BridgeSocket {
  readonly subscriptions: ClientOp[] = [];
  isData = false;
  readonly #server: FakeRosbridge;
  readonly #listener: BridgeSocketListener;
  readonly #handleGone: () => void;
  #isStuck = false;
  #isOpen = false;
  #isGone = false;

  constructor(server: FakeRosbridge, listener: BridgeSocketListener, handleGone: () => void) {
    this.#server = server;
    this.#listener = listener;
    this.#handleGone = handleGone;
  }

  handleOpen(): void {
    this.#isOpen = true;
    if (!this.#isGone) this.#listener.handleOpen();
  }

  send(data: string | Uint8Array): void {
    if (this.#isOpen && typeof data === 'string') queueMicrotask(() => this.#handle(data));
  }

  ping(): void {
    // Nobody pings a rosbridge: its answer would prove nothing.
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
    if (!this.#isGone) action(this.#listener);
  }

  #handle(text: string): void {
    if (this.#isGone || this.#isStuck) return;
    const op = clientOp.parse(parseJsonExact(text));
    if (op.op === 'call_service') {
      this.#call(z.object({ id: z.string(), service: z.string(), args: z.unknown().optional() }).parse(op));
      return;
    }
    this.isData = true;
    if (op.op === 'subscribe') this.subscriptions.push(op);
    if (op.op === 'unsubscribe') {
      const index = this.subscriptions.findIndex(({ id }) => id === op.id);
      if (index >= 0) this.subscriptions.splice(index, 1);
    }
    this.#server.received.push(op);
    this.#server.handleOp(op);
  }

  #call({ id, service, args }: { id: string; service: string; args?: unknown }): void {
    this.#server.calls.push({ service, args });
    const values: unknown = this.#server.services.has(service)
      ? this.#server.services.get(service)?.(args)
      : new Error(`Service ${service} does not exist`);
    if (values === 'silence') {
      this.#isStuck = true;
      return;
    }
    const failed = values instanceof Error;
    // Recorded values may hold big integers, which come as text ready to be spliced in.
    const json = typeof values === 'string' ? values : JSON.stringify(failed ? values.message : values);
    const text = `{"op":"service_response","service":${JSON.stringify(service)},"values":${json},"result":${!failed},"id":"${id}"}`;
    queueMicrotask(() => this.tell((listener) => listener.handleText(text)));
  }
}
