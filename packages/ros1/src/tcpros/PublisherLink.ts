import { reconnectDelayMs, RosError, STABLE_CONNECTION_MS } from '@longline/ros';
import type { Clock, Disposer } from '@longline/ros';
import { bounded } from '../bounded.ts';
import { listOf, rosReply, stringOf } from '../master/rosReply.ts';
import { callXmlRpc } from '../xmlrpc/callXmlRpc.ts';
import type { ConnectionHeader } from './connectionHeader.ts';
import { TcpRosConnection } from './TcpRosConnection.ts';

const REQUEST_TIMEOUT_MS = 5_000;
/** A connection that held this long, in milliseconds, counts as good again: the next failure is retried soon. */
/** After so many failures in a row the subscriber is told. */
const FAILURES_TO_REPORT = 3;

/** Told about one publisher. */
export interface PublisherLinkHandler {
  /** Returns why this publisher's messages are not taken, `undefined` when they are. */
  handleHeader(header: ConnectionHeader): RosError | undefined;
  handleData(data: Uint8Array): void;
  /** Its connection is gone; the link tries again unless it was closed. */
  handleLost(): void;
  handleProblem(error: RosError): void;
}

export interface PublisherLinkOptions {
  readonly topic: string;
  /** The publishing node's XML-RPC address. */
  readonly uri: string;
  readonly callerId: string;
  readonly clock: Clock;
  readonly maxMessageBytes: number;
  readonly handler: PublisherLinkHandler;
}

/** The connection to one publisher of one topic: asks its node where to connect, connects, and reconnects until closed. */
export class PublisherLink {
  readonly #options: PublisherLinkOptions;
  readonly #closing = new AbortController();
  #connection: TcpRosConnection | undefined;
  #connectedMs: number | undefined;
  #failures = 0;
  #cancelRetry: Disposer | undefined;
  #reported = '';

  constructor(options: PublisherLinkOptions) {
    this.#options = options;
    void this.#connect();
  }

  get isConnected(): boolean {
    return this.#connectedMs !== undefined;
  }

  /** Tries at once if it waits for its next attempt: the master has just named this publisher. */
  retryNow(): void {
    if (this.#cancelRetry === undefined) return;
    this.#cancelRetry();
    this.#cancelRetry = undefined;
    void this.#connect();
  }

  /** Idempotent. */
  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#cancelRetry?.();
    this.#connection?.close();
  }

  async #connect(): Promise<void> {
    const { topic, callerId, clock, maxMessageBytes } = this.#options;
    try {
      const { host, port } = await this.#requestTopic();
      if (this.#closing.signal.aborted) return;
      const header = new Map([
        ['callerid', callerId],
        ['topic', topic],
        ['type', '*'],
        ['md5sum', '*'],
        ['tcp_nodelay', '1'],
      ]);
      let refused = false;
      this.#connection = TcpRosConnection.open(host, port, {
        clock,
        maxMessageBytes,
        header,
        handler: {
          handleHeader: (received) => {
            const refusal = this.#judge(received);
            refused = refusal !== undefined;
            if (refusal === undefined) this.#connectedMs = clock.monotonicMs();
            else this.#report(refusal);
            return !refused;
          },
          handleFrame: (frame) => this.#options.handler.handleData(frame),
          handleClose: (reason) => {
            this.#handleClosed(refused ? undefined : new Error(reason));
          },
        },
      });
    } catch (error) {
      this.#retryLater(error);
    }
  }

  #judge(header: ConnectionHeader): RosError | undefined {
    const error = header.get('error');
    if (error === undefined) return this.#options.handler.handleHeader(header);
    return new RosError(
      'TOPIC_UNKNOWN',
      `The publisher at ${this.#options.uri} refuses ${this.#options.topic}: ${error}`,
    );
  }

  async #requestTopic(): Promise<{ host: string; port: number }> {
    const { uri, topic, callerId, clock } = this.#options;
    const bounds = { clock, deadlineMs: REQUEST_TIMEOUT_MS, closing: this.#closing.signal };
    const reply = await bounded(`requestTopic of ${uri}`, bounds, (signal) =>
      callXmlRpc(uri, 'requestTopic', [callerId, topic, [['TCPROS']]], signal),
    );
    const [protocol, host, port] = listOf(rosReply(reply, (text) => new Error(text)));
    if (protocol !== 'TCPROS' || typeof port !== 'number' || !(port > 0 && port < 65_536)) {
      throw new TypeError('it offers no TCPROS connection');
    }
    return { host: stringOf(host), port };
  }

  #handleClosed(reason: Error | undefined): void {
    const { clock, handler } = this.#options;
    this.#connection = undefined;
    if (this.#connectedMs !== undefined) {
      if (clock.monotonicMs() - this.#connectedMs >= STABLE_CONNECTION_MS) this.#failures = 0;
      this.#connectedMs = undefined;
      this.#reported = '';
      handler.handleLost();
    }
    this.#retryLater(reason);
  }

  #retryLater(reason: unknown): void {
    if (this.#closing.signal.aborted) return;
    this.#failures += 1;
    if (this.#failures >= FAILURES_TO_REPORT && reason instanceof Error) {
      const { uri, topic } = this.#options;
      const text = `A publisher of ${topic} cannot be reached at ${uri}: ${reason.message}. Its node must give a name or address that this machine can reach (ROS_HOSTNAME, ROS_IP).`;
      this.#report(new RosError('ROS_UNREACHABLE', text, { cause: reason, details: { topic, uri } }));
    }
    this.#cancelRetry = this.#options.clock.after(reconnectDelayMs(this.#failures - 1, Math.random()), () => {
      this.#cancelRetry = undefined;
      void this.#connect();
    });
  }

  /** The same problem is told once, not at every attempt. */
  #report(error: RosError): void {
    if (this.#reported === error.message) return;
    this.#reported = error.message;
    this.#options.handler.handleProblem(error);
  }
}
