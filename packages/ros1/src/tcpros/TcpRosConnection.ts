import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Clock } from '@longline/ros';
import { decodeConnectionHeader, encodeConnectionHeader, MAX_HEADER_BYTES } from './connectionHeader.ts';
import type { ConnectionHeader } from './connectionHeader.ts';
import { FrameReader } from './FrameReader.ts';

/** How long a peer may take from connecting to its header, in milliseconds. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;
/** After this much silence the kernel asks whether the peer is still there, in milliseconds. */
const KEEP_ALIVE_MS = 10_000;

/** Told about one connection. `handleClose` comes once, last. */
export interface TcpRosHandler {
  /** The peer's header; return false to close. */
  handleHeader(header: ConnectionHeader): boolean;
  handleFrame(frame: Uint8Array): void;
  /** `reason` says why, for people. */
  handleClose(reason: string): void;
}

export interface TcpRosConnectionOptions {
  readonly clock: Clock;
  readonly maxMessageBytes: number;
  /** Sent at once. */
  readonly header?: Iterable<readonly [string, string]>;
  readonly handler: TcpRosHandler;
}

/** A TCPROS connection of either side: one header from each, then frames. Garbage from the peer closes it. */
export class TcpRosConnection {
  readonly #socket: Socket;
  readonly #handler: TcpRosHandler;
  readonly #reader = new FrameReader(MAX_HEADER_BYTES);
  readonly #maxMessageBytes: number;
  readonly #cancelHandshake: () => void;
  #gotHeader = false;
  #closed = false;

  constructor(socket: Socket, options: TcpRosConnectionOptions) {
    this.#socket = socket;
    this.#handler = options.handler;
    this.#maxMessageBytes = options.maxMessageBytes;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (error) => this.close(error.message));
    socket.on('end', () => this.close('the peer closed the connection'));
    socket.on('close', () => this.close('the connection closed'));
    this.#cancelHandshake = options.clock.after(HANDSHAKE_TIMEOUT_MS, () => {
      this.close(`no header within ${HANDSHAKE_TIMEOUT_MS} ms`);
    });
    if (options.header !== undefined) this.sendHeader(options.header);
  }

  /** Connects to a peer and sends the header. */
  static open(host: string, port: number, options: TcpRosConnectionOptions): TcpRosConnection {
    return new TcpRosConnection(connect({ host, port }), options);
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Bytes that wait here for the peer to read. */
  get queuedBytes(): number {
    return this.#socket.writableLength;
  }

  sendHeader(fields: Iterable<readonly [string, string]>): void {
    if (!this.#closed) this.#socket.write(encodeConnectionHeader(fields));
  }

  /** Sends one frame; `data` must not change afterwards. */
  sendFrame(data: Uint8Array): void {
    if (this.#closed) return;
    const length = Buffer.alloc(4);
    length.writeUInt32LE(data.byteLength);
    this.#socket.cork();
    this.#socket.write(length);
    this.#socket.write(data);
    this.#socket.uncork();
  }

  /** Sends what waits and then ends the connection. */
  finish(): void {
    this.#socket.end(() => this.close('finished'));
  }

  /** Idempotent. */
  close(reason = 'closed here'): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelHandshake();
    this.#socket.destroy();
    this.#handler.handleClose(reason);
  }

  #receive(chunk: Uint8Array): void {
    if (this.#closed) return;
    try {
      this.#reader.push(chunk, (frame) => this.#handleFrame(frame));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.close(error.message);
    }
  }

  #handleFrame(frame: Uint8Array): boolean {
    if (this.#gotHeader) {
      this.#handler.handleFrame(frame);
    } else {
      this.#gotHeader = true;
      this.#cancelHandshake();
      this.#reader.maxFrameBytes = this.#maxMessageBytes;
      if (!this.#handler.handleHeader(decodeConnectionHeader(frame))) this.close('refused');
    }
    return !this.#closed;
  }
}
