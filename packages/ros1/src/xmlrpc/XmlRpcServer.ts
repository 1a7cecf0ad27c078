import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { parseMethodCall } from './parseXmlRpc.ts';
import { writeFault, writeMethodResponse } from './writeXmlRpc.ts';
import { XmlRpcFault } from './XmlRpcValue.ts';
import type { XmlRpcValue } from './XmlRpcValue.ts';
import { listenOnFreePort } from '../listenOnFreePort.ts';

/** Largest call accepted, in bytes. */
export const MAX_XML_RPC_REQUEST_BYTES = 1024 * 1024;
/** Connections served at once; further ones are closed. */
export const MAX_XML_RPC_CONNECTIONS = 256;
const REQUEST_TIMEOUT_MS = 10_000;

/** Answers one method; throw to answer with a fault. */
export type XmlRpcHandler = (params: readonly XmlRpcValue[]) => XmlRpcValue;

/** A small XML-RPC server over HTTP. Malformed calls get HTTP 400, unknown methods a fault. */
export class XmlRpcServer {
  readonly #handlers: ReadonlyMap<string, XmlRpcHandler>;
  readonly #server: Server;

  constructor(handlers: ReadonlyMap<string, XmlRpcHandler>) {
    this.#handlers = handlers;
    this.#server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
      this.#receive(request, response);
    });
    this.#server.maxConnections = MAX_XML_RPC_CONNECTIONS;
    this.#server.on('clientError', (_error, socket) => socket.destroy());
  }

  /** Listens on a free port of `address`; resolves to the port. */
  listen(address: string): Promise<number> {
    return listenOnFreePort(this.#server, address);
  }

  /** Stops listening and drops its connections. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    let received = 0;
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => {
      received += chunk.byteLength;
      if (received > MAX_XML_RPC_REQUEST_BYTES) request.destroy();
      else chunks.push(chunk);
    });
    request.on('end', () => this.#answer(Buffer.concat(chunks).toString('utf8'), response));
  }

  #answer(xml: string, response: ServerResponse): void {
    let answer: string;
    try {
      const { method, params } = parseMethodCall(xml);
      answer = this.#call(method, params);
    } catch {
      response.writeHead(400).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': 'text/xml', 'Content-Length': Buffer.byteLength(answer) }).end(answer);
  }

  #call(method: string, params: readonly XmlRpcValue[]): string {
    const handler = this.#handlers.get(method);
    if (handler === undefined) return writeFault(new XmlRpcFault(-32601, 'There is no such method.'));
    try {
      return writeMethodResponse(handler(params));
    } catch (error) {
      return writeFault(error instanceof XmlRpcFault ? error : new XmlRpcFault(-32500, 'The method failed.'));
    }
  }
}
