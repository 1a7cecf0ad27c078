import { freePort } from '@longline/testing';
import type { PeerProcess } from '@longline/testing';
import { START_MS, startLongline } from './longline.ts';

/** How a server process is to start. */
export interface ServerStart {
  readonly port?: number;
  readonly env?: NodeJS.ProcessEnv;
}

/** `longline server` as a process that can be killed and started again on its port. */
export class LonglineServer {
  readonly port: number;
  readonly url: string;
  readonly #env: NodeJS.ProcessEnv;
  #peer: PeerProcess | undefined;

  private constructor(port: number, env: NodeJS.ProcessEnv) {
    this.port = port;
    this.#env = env;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Starts one on `port` (default: a free one); resolves when it takes connections. */
  static async start(options: ServerStart = {}): Promise<LonglineServer> {
    const server = new LonglineServer(options.port ?? (await freePort()), options.env ?? {});
    await server.launch();
    return server;
  }

  get process(): PeerProcess {
    if (this.#peer === undefined) throw new Error('The server was not launched');
    return this.#peer;
  }

  /** Starts it on its port; resolves when it takes connections. */
  async launch(): Promise<void> {
    this.#peer = startLongline(['server', '--port', String(this.port), '--json'], this.#env);
    await this.#peer.waitFor((peer) => peer.stdout.includes(this.url), START_MS);
  }

  /** SIGKILL, as the kernel does when memory runs out. */
  kill(): Promise<void> {
    return this.process.stop();
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    await this.#peer?.stop();
  }
}
