import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { Server as TlsServer } from 'node:https';
import type { Clock } from '@longline/ros';
import type { Logger } from 'pino';
import type { ServerLimits } from '../limits.ts';
import { checkListening, parsePublicUrl } from './checkListening.ts';
import { ConnectionGate } from './ConnectionGate.ts';
import { createHttpServer, tlsOptions } from './createHttpServer.ts';
import { KeyedBudgets } from './KeyedBudgets.ts';
import { OriginGuard, parseOrigin } from './OriginGuard.ts';
import { isLoopback } from './networkAddress.ts';
import type { TlsPaths } from './readTlsPair.ts';
import { securityHeaders } from './securityHeaders.ts';
import type { SecurityHeaders } from './securityHeaders.ts';
import { TlsFiles } from './TlsFiles.ts';
import { TrustedProxies } from './TrustedProxies.ts';

/** How people and robots reach the server. */
export interface TransportOptions {
  /** Files of a certificate and its key, in PEM, taken anew when they change. Default: no TLS. */
  readonly tls?: TlsPaths | undefined;
  /** Addresses and networks of the reverse proxies in front; needs `publicUrl`. Default: none. */
  readonly behindProxy?: readonly string[] | undefined;
  /** The address under which it is reached: `https://fleet.example.com`. Default: those of its certificate and of this machine. */
  readonly publicUrl?: string | undefined;
  /**
   * Origins of web pages of others that may open WebSockets, for viewers that are served elsewhere: `https://viewer.example.com`, or
   * `file://` for desktop programs. Where the server is unlocked, whatever runs there commands the robots. Default: none.
   */
  readonly allowOrigins?: readonly string[] | undefined;
  /** Serve a network without credentials. For closed test networks only: whoever reaches the port commands the robots. */
  readonly unlockedNetwork?: boolean | undefined;
}

/** What a {@link Doorway} is given besides. */
export interface DoorwayOptions extends TransportOptions {
  readonly host: string;
  /** Whether there are credentials. */
  readonly locked: boolean;
  readonly dataDir: string | undefined;
  readonly limits: ServerLimits;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Everything between the network and the doors: TLS, proxies, names, origins, bounds on connections. */
export class Doorway {
  readonly proxies: TrustedProxies;
  readonly guard: OriginGuard;
  readonly gate: ConnectionGate;
  readonly headers: SecurityHeaders;
  readonly publicUrl: URL | undefined;
  /** HTTP requests of each principal, and of each address without one. */
  readonly requests: KeyedBudgets;
  readonly #tls: TlsFiles | undefined;
  readonly #servers: Server[] = [];

  private constructor(options: DoorwayOptions, headers: SecurityHeaders, tls: TlsFiles | undefined) {
    const { allowOrigins = [], behindProxy = [], host, limits, locked, publicUrl, unlockedNetwork } = options;
    this.#tls = tls;
    this.headers = headers;
    this.publicUrl = publicUrl === undefined ? undefined : parsePublicUrl(publicUrl);
    this.proxies = new TrustedProxies(behindProxy);
    this.guard = new OriginGuard({
      proxies: this.proxies,
      publicUrl: this.publicUrl,
      allowOrigins: allowOrigins.map(parseOrigin),
      certifies: tls === undefined ? undefined : (name) => tls.certifies(name),
      onlyThroughProxies: behindProxy.length > 0 && tls === undefined && !isLoopback(host),
      neverThroughProxies: !locked && unlockedNetwork !== true,
    });
    this.gate = new ConnectionGate(this.proxies, limits);
    this.requests = new KeyedBudgets(limits.requestsPerSecond, 2 * limits.requestsPerSecond);
  }

  /** Throws `ADDRESS_NOT_LOOPBACK`, `OPTION_INVALID`, `TLS_UNUSABLE`. */
  static async open(options: DoorwayOptions): Promise<Doorway> {
    const { behindProxy = [], clock, dataDir, host, locked, log, tls } = options;
    const publicUrl = options.publicUrl === undefined ? undefined : parsePublicUrl(options.publicUrl);
    checkListening({
      host,
      locked,
      dataDir,
      tls: tls !== undefined,
      behindProxy: behindProxy.length > 0,
      publicUrl,
      unlockedNetwork: options.unlockedNetwork ?? false,
    });
    const clear = tls === undefined && (publicUrl === undefined ? !isLoopback(host) : publicUrl.protocol === 'http:');
    if (locked && clear) log.warn({ host }, 'without TLS tokens travel in the clear: whoever listens has them');
    const files = tls === undefined ? undefined : new TlsFiles(tls, { clock, log });
    const headers = await securityHeaders({ secure: files !== undefined || publicUrl?.protocol === 'https:' });
    return new Doorway(options, headers, files);
  }

  /** `https`, where the server itself speaks TLS. */
  get scheme(): 'http' | 'https' {
    return this.#tls === undefined ? 'http' : 'https';
  }

  /** The client's address, also behind proxies. */
  readonly addressOf = (request: IncomingMessage): string => this.proxies.addressOf(request);

  /** An HTTP server whose connections are counted, and whose certificate is renewed. */
  readonly createServer = (listener: RequestListener): Server => {
    const server = createHttpServer(listener, this.#tls?.pair);
    server.on('connection', (socket) => this.gate.handleConnection(socket));
    server.on('request', ({ socket }) => this.gate.handleGreeted(socket));
    this.#servers.push(server);
    return server;
  };

  /** Begins to look after the TLS files. */
  start(): void {
    this.#tls?.start(({ cert, key }) => {
      for (const server of this.#servers) {
        if (server instanceof TlsServer) server.setSecureContext({ ...tlsOptions, cert, key });
      }
    });
  }

  /** Takes the TLS files anew now; a pair that cannot be used is told in the log. */
  reload(): void {
    this.#tls?.reload();
  }

  stop(): void {
    this.#tls?.stop();
  }
}
