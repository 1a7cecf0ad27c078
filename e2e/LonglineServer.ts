import { freePort } from '@longline/testing';
import type { PeerProcess } from '@longline/testing';
import { START_MS, startLongline } from './longline.ts';

/** `longline server` as a process that can be killed and started again on its port. */
export class LonglineServer {
  readonly port: number;
  readonly url: string;
  #peer: PeerProcess | undefined;

  private constructor(port: number) {
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Starts one on a free port; resolves when it takes connections. */
  static async start(): Promise<LonglineServer> {
    const server = new LonglineServer(await freePort());
    await server.launch();
    return server;
  }

  get process(): PeerProcess {
    if (this.#peer === undefined) throw new Error('The server was not launched');
    return this.#peer;
  }

  /** Starts it on its port; resolves when it takes connections. */
  async launch(): Promise<void> {
    this.#peer = startLongline(['server', '--port', String(this.port), '--json']);
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
