import { Inbox } from '@longline/testing';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { Server } from '../startServer.ts';

/** How a door is opened. */
export interface DoorClientOptions {
  readonly device?: string;
  readonly door?: string;
  /** With its question mark. */
  readonly query?: string;
  readonly token?: string;
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

type Op = Readonly<Record<string, unknown>>;

/** A client of a server's doors over a real WebSocket. */
export class DoorClient {
  readonly socket: WebSocket;
  /** What came as text. */
  readonly ops = new Inbox<Op>();
  readonly frames = new Inbox<Buffer>();
  /** `open`, or status and code of the refusal: `404 DEVICE_UNKNOWN`. */
  readonly opening: Promise<string>;
  /** Close code and reason. */
  readonly closed: Promise<string>;

  constructor(server: Server, options: DoorClientOptions = {}) {
    const { device = 'r1', door = 'rosbridge', query = '', token = '' } = options;
    const protocols = options.protocols ?? (door === 'foxglove' ? ['foxglove.websocket.v1'] : []);
    const url = `${server.url.replace('http', 'ws')}/api/v1/devices/${device}/${door}${query}`;
    const headers = { ...options.headers, ...(token === '' ? {} : { authorization: `Bearer ${token}` }) };
    const socket = new WebSocket(url, [...protocols], { headers });
    this.socket = socket;
    onTestFinished(() => socket.terminate());
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.frames.add(data);
      else this.ops.add(JSON.parse(data.toString()) as Op);
    });
    this.opening = new Promise((resolve) => {
      socket.on('open', () => resolve('open'));
      socket.on('unexpected-response', (_request, response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => resolve(`${response.statusCode} ${(JSON.parse(body) as { code: string }).code}`));
      });
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve(`${code} ${reason.toString()}`));
    });
  }

  send(op: Op): void {
    this.socket.send(JSON.stringify(op));
  }

  /** The next op that is this and was not taken yet; all that came before it are kept. */
  next(matches: (op: Op) => boolean): Promise<Op> {
    return this.ops.first(matches);
  }

  /** Calls a service of rosbridge, and resolves to `service_response`. */
  async call(service: string, args: Op = {}): Promise<Op> {
    const id = `call-${this.#calls++}`;
    this.send({ op: 'call_service', id, service, args });
    return this.next((op) => op['op'] === 'service_response' && op['id'] === id);
  }

  #calls = 0;
}
