import { md5OfService } from '@longline/ros';
import type { Log, ServiceHandler, ServiceSchema } from '@longline/ros';
import type { ConnectionHeader } from './connectionHeader.ts';
import type { TcpRosConnection } from './TcpRosConnection.ts';

/** Callers connected to one service at once; further ones are refused. */
export const MAX_CALLERS_PER_SERVICE = 256;
/** Largest request accepted, in bytes. */
export const MAX_SERVICE_REQUEST_BYTES = 16 * 1024 * 1024;
/** Requests that one caller may send before the first is answered; one more ends its connection. */
export const MAX_WAITING_REQUESTS = 4;

export interface ServiceServerOptions {
  readonly service: string;
  readonly schema: ServiceSchema;
  readonly handler: ServiceHandler;
  readonly callerId: string;
  readonly log: Log;
}

interface Caller {
  readonly isPersistent: boolean;
  readonly gone: AbortController;
  /** The first is being answered. */
  readonly waiting: Uint8Array[];
}

/** One service that this node provides (wiki.ros.org/ROS/TCPROS): a header from each side, then requests, each answered in turn. */
export class ServiceServer {
  readonly schema: ServiceSchema;
  readonly #options: ServiceServerOptions;
  readonly #md5: string;
  readonly #callers = new Map<TcpRosConnection, Caller>();

  constructor(options: ServiceServerOptions) {
    this.#options = options;
    this.schema = options.schema;
    this.#md5 = md5OfService(options.schema);
  }

  /** Takes a connection whose header asks for this service. Returns why not, `undefined` when it was taken. */
  accept(connection: TcpRosConnection, header: ConnectionHeader): string | undefined {
    const { service, callerId, log } = this.#options;
    const md5 = header.get('md5sum');
    const { name } = this.schema;
    if (md5 !== '*' && md5 !== this.#md5) {
      const text = `${header.get('callerid') ?? 'unnamed'} wants ${service} as ${header.get('type') ?? '?'} with MD5 sum ${md5 ?? 'none'}; it is ${name} with ${this.#md5}`;
      log.warn({ service }, text);
      return text;
    }
    if (this.#callers.size >= MAX_CALLERS_PER_SERVICE)
      return `${service} has ${MAX_CALLERS_PER_SERVICE} callers already`;
    connection.sendHeader([
      ['callerid', callerId],
      ['md5sum', this.#md5],
      ['request_type', `${name}Request`],
      ['response_type', `${name}Response`],
      ['service', service],
      ['type', name],
    ]);
    connection.maxFrameBytes = MAX_SERVICE_REQUEST_BYTES;
    // One that only asks for the header closes by itself.
    const isPersistent = header.get('persistent') === '1';
    this.#callers.set(connection, { isPersistent, gone: new AbortController(), waiting: [] });
    return undefined;
  }

  handleFrame(connection: TcpRosConnection, request: Uint8Array): void {
    const caller = this.#callers.get(connection);
    if (caller === undefined) return;
    if (caller.waiting.length >= MAX_WAITING_REQUESTS) {
      connection.close(`more than ${MAX_WAITING_REQUESTS} requests at once`);
      return;
    }
    caller.waiting.push(request);
    if (caller.waiting.length === 1) void this.#answerAll(connection, caller);
  }

  handleClosed(connection: TcpRosConnection): void {
    this.#callers.get(connection)?.gone.abort(new Error('the caller closed the connection'));
    this.#callers.delete(connection);
  }

  /** Ends all connections; calls under way fail for their callers. */
  close(): void {
    const callers = [...this.#callers];
    this.#callers.clear();
    for (const [connection, { waiting, gone }] of callers) {
      gone.abort(new Error('the service is provided no longer'));
      if (waiting.length > 0) connection.sendReply(false, Buffer.from('the service is provided no longer'));
      connection.finish();
    }
  }

  async #answerAll(connection: TcpRosConnection, caller: Caller): Promise<void> {
    for (
      let [request] = caller.waiting;
      request !== undefined && this.#callers.get(connection) === caller;
      [request] = caller.waiting
    ) {
      const { ok, data } = await this.#answer(request, caller.gone.signal);
      if (this.#callers.get(connection) !== caller) return;
      caller.waiting.shift();
      connection.sendReply(ok, data);
      if (!caller.isPersistent) {
        connection.finish();
        return;
      }
    }
  }

  async #answer(
    request: Uint8Array,
    signal: AbortSignal,
  ): Promise<{ readonly ok: boolean; readonly data: Uint8Array }> {
    try {
      return { ok: true, data: await this.#options.handler(request, { schema: this.schema, signal }) };
    } catch (error) {
      return { ok: false, data: Buffer.from(error instanceof Error ? error.message : String(error)) };
    }
  }
}
