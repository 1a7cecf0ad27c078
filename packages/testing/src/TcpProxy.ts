import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { systemClock } from '@longline/ros';
import type { Clock } from '@longline/ros';
import { openFlow, TcpFlow } from './TcpFlow.ts';
import type { FlowConditions } from './TcpFlow.ts';

/** What a {@link TcpProxy} does to what passes; what is not named stays as it is. */
export interface ProxyConditions {
  /** From who connected to the target. */
  readonly up?: Partial<FlowConditions>;
  /** From the target to who connected. */
  readonly down?: Partial<FlowConditions>;
  /**
   * Connections are taken and kept, and nothing comes through in either direction: `hold` lets it come later, as TCP does
   * after a link was dead; `lose` never, as behind a router that forgot the connection. Default `off`.
   */
  readonly blackHole?: 'off' | 'hold' | 'lose';
  /** Nobody listens: connections are refused. Default false. */
  readonly refuses?: boolean;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  readonly up: TcpFlow;
  readonly down: TcpFlow;
  isLost: boolean;
}

/** What went through one direction of a {@link TcpProxy}. */
export interface FlowCounters {
  bytes: number;
}

/** A TCP proxy in this process whose link is as bad as a test wants it. */
export class TcpProxy {
  readonly counters: { connections: number; readonly up: FlowCounters; readonly down: FlowCounters } = {
    connections: 0,
    up: { bytes: 0 },
    down: { bytes: 0 },
  };
  readonly #target: { readonly host: string; readonly port: number };
  readonly #clock: Clock;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #conditions: Required<ProxyConditions> = { up: openFlow, down: openFlow, blackHole: 'off', refuses: false };
  #port = 0;

  private constructor(target: { readonly host: string; readonly port: number }, clock: Clock) {
    this.#target = target;
    this.#clock = clock;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => this.#join(near));
  }

  /** Listens on a free port of this machine. `target` is a port of it, or host and port. */
  static async start(
    target: number | { readonly host: string; readonly port: number },
    options: { readonly conditions?: ProxyConditions; readonly clock?: Clock } = {},
  ): Promise<TcpProxy> {
    const where = typeof target === 'number' ? { host: '127.0.0.1', port: target } : target;
    const proxy = new TcpProxy(where, options.clock ?? systemClock);
    await proxy.#listen();
    if (options.conditions !== undefined) await proxy.set(options.conditions);
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  /** `http://` and the address. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#pairs.size;
  }

  /** Changes what is named, for the connections that are open too. Resolves when it holds. */
  async set(conditions: ProxyConditions): Promise<void> {
    const { blackHole, down, refuses, up } = conditions;
    const before = this.#conditions;
    this.#conditions = {
      up: { ...before.up, ...up },
      down: { ...before.down, ...down },
      blackHole: blackHole ?? before.blackHole,
      refuses: refuses ?? before.refuses,
    };
    for (const pair of this.#pairs) this.#apply(pair);
    if (this.#conditions.refuses === before.refuses) return;
    if (before.refuses) await this.#listen();
    else await this.#stopListening();
  }

  /** Breaks every open connection on both sides (RST). */
  cut(): void {
    for (const { down, far, near, up } of [...this.#pairs]) {
      up.stop();
      down.stop();
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  /** Breaks what is open and listens no more. Idempotent; waits. */
  async stop(): Promise<void> {
    this.cut();
    await this.#stopListening();
  }

  async #listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Its event `close` waits for the open connections, which stay. */
  async #stopListening(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    await new Promise((resolve) => setImmediate(resolve));
  }

  #join(near: Socket): void {
    const far = connect({ ...this.#target, allowHalfOpen: true, noDelay: true });
    this.counters.connections += 1;
    const flow = (source: Socket, sink: Socket, counters: FlowCounters): TcpFlow =>
      new TcpFlow({
        source,
        sink,
        clock: this.#clock,
        conditions: { ...openFlow, held: true },
        count: (bytes) => (counters.bytes += bytes),
      });
    const up = flow(near, far, this.counters.up);
    const down = flow(far, near, this.counters.down);
    const pair: Pair = { near, far, up, down, isLost: false };
    this.#pairs.add(pair);
    const forget = (): void => {
      if (near.destroyed && far.destroyed) this.#pairs.delete(pair);
    };
    near.on('close', forget);
    far.on('close', forget);
    // The close that follows is passed on as an end, after what came before it.
    near.on('error', () => undefined);
    far.on('error', () => undefined);
    this.#apply(pair);
  }

  #apply(pair: Pair): void {
    const { blackHole, down, up } = this.#conditions;
    if (blackHole === 'lose') pair.isLost = true;
    const held = blackHole !== 'off' || pair.isLost;
    pair.up.conditions = { ...openFlow, ...up, ...(held ? { held } : {}) };
    pair.down.conditions = { ...openFlow, ...down, ...(held ? { held } : {}) };
  }
}
