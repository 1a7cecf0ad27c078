import { Agent } from 'node:http';
import type { ClientRequestArgs } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** An HTTP agent for one request, over a connection that its owner makes. */
export class TcpAgent extends Agent {
  /** Node compares it with that of the request. */
  readonly protocol: 'http:' | 'https:';
  readonly #connect: (options: ClientRequestArgs) => Promise<Duplex>;

  constructor(options: {
    readonly isSecure: boolean;
    /** `request` are the options of the request, with the server's name for TLS. */
    readonly connect: (request: ClientRequestArgs) => Promise<Duplex>;
  }) {
    super();
    this.protocol = options.isSecure ? 'https:' : 'http:';
    this.#connect = options.connect;
  }

  override createConnection(
    request: ClientRequestArgs,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    this.#connect(request).then(
      (stream) => callback?.(null, stream),
      (error: unknown) => callback?.(error instanceof Error ? error : new Error(String(error)), new Socket()),
    );
  }
}
