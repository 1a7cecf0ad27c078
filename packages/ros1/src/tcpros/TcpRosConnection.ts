import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Clock, Disposer } from '@longline/ros';
import { decodeConnectionHeader, encodeConnectionHeader, MAX_HEADER_BYTES } from './connectionHeader.ts';
import type { ConnectionHeader } from './connectionHeader.ts';
import { FrameReader } from './FrameReader.ts';

/** How long a peer may take from connecting to its header, in milliseconds. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;
/** How long what waits may take to be sent when a connection ends, in milliseconds. */
const FINISH_TIMEOUT_MS = 1_000;
/** Frames up to this size, in bytes, are copied behind their length: one write is cheaper than two. */
const SMALL_FRAME_BYTES = 4 * 1024;
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
  readonly #clock: Clock;
  /** Limits the handshake, later the orderly end. */
  #cancelTimer: Disposer;
  #queuedFrames = 0;
  #gotHeader = false;
  #closed = false;

  constructor(socket: Socket, options: TcpRosConnectionOptions) {
    this.#socket = socket;
    this.#handler = options.handler;
    this.#clock = options.clock;
    this.#maxMessageBytes = options.maxMessageBytes;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (error) => this.close(error.message));
    socket.on('end', () => this.close('the peer closed the connection'));
    socket.on('close', () => this.close('the connection closed'));
    this.#cancelTimer = options.clock.after(HANDSHAKE_TIMEOUT_MS, () => {
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

  /** Largest frame accepted from now on, in bytes. */
  set maxFrameBytes(bytes: number) {
    this.#reader.maxFrameBytes = bytes;
  }

  sendHeader(fields: Iterable<readonly [string, string]>): void {
    if (!this.#closed) this.#socket.write(encodeConnectionHeader(fields));
  }

  /** Frames that wait here for the peer to read. */
  get queuedFrames(): number {
    return this.#queuedFrames;
  }

  /** Sends one frame; `data` must not change afterwards. */
  sendFrame(data: Uint8Array): void {
    if (this.#closed) return;
    this.#queuedFrames += 1;
    const isSmall = data.byteLength <= SMALL_FRAME_BYTES;
    const start = Buffer.allocUnsafe(isSmall ? 4 + data.byteLength : 4);
    start.writeUInt32LE(data.byteLength);
    if (isSmall) {
      start.set(data, 4);
      this.#socket.write(start, this.#handleWritten);
    } else {
      this.#socket.cork();
      this.#socket.write(start);
      this.#socket.write(data, this.#handleWritten);
      this.#socket.uncork();
    }
  }

  /** Answers a call of a service: a byte that says whether it succeeded, then the response or the error's text as a frame. */
  sendReply(ok: boolean, data: Uint8Array): void {
    if (this.#closed) return;
    this.#socket.cork();
    this.#socket.write(Buffer.of(ok ? 1 : 0));
    this.sendFrame(data);
    this.#socket.uncork();
  }

  readonly #handleWritten = (): void => {
    this.#queuedFrames -= 1;
  };

  /** Sends what waits, for a second at most, and then ends the connection. */
  finish(): void {
    if (this.#closed) return;
    this.#cancelTimer();
    this.#cancelTimer = this.#clock.after(FINISH_TIMEOUT_MS, () => this.close('not read to the end'));
    this.#socket.end(() => this.close('finished'));
  }

  /** Idempotent. */
  close(reason = 'closed here'): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelTimer();
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
      this.#cancelTimer();
      this.#reader.maxFrameBytes = this.#maxMessageBytes;
      if (!this.#handler.handleHeader(decodeConnectionHeader(frame))) this.close('refused');
    }
    return !this.#closed;
  }
}
