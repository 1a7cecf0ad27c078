import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A TCP proxy that holds back what flows towards who connected, for as long as it is told to. */
export class HoldingProxy {
  readonly #server: Server;
  readonly #pairs = new Map<Socket, Socket>();
  #isHolding = false;

  private constructor(targetPort: number) {
    this.#server = createServer((near) => {
      const far = connect(targetPort, '127.0.0.1');
      this.#pairs.set(near, far);
      near.pipe(far);
      far.pipe(near);
      if (this.#isHolding) far.unpipe(near);
      const end = (): void => {
        this.#pairs.delete(near);
        near.destroy();
        far.destroy();
      };
      for (const socket of [near, far]) socket.on('error', end).on('close', end);
    });
  }

  static async start(targetPort: number): Promise<HoldingProxy> {
    const proxy = new HoldingProxy(targetPort);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  hold(): void {
    this.#isHolding = true;
    for (const [near, far] of this.#pairs) far.unpipe(near);
  }

  release(): void {
    this.#isHolding = false;
    for (const [near, far] of this.#pairs) far.pipe(near);
  }

  async stop(): Promise<void> {
    for (const [near, far] of this.#pairs) {
      near.destroy();
      far.destroy();
    }
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
