import type { LineEndpoint, Transport } from '@longline/line';
import { WebSocket } from 'ws';
import type { RawData } from 'ws';
import type { Duplex } from 'node:stream';

/** How long a peer may take to answer our close frame before the socket is cut, in milliseconds. */
const CLOSE_WAIT_MS = 2_000;

/** Reading rests at most this long at a time: heartbeats come through, in milliseconds. */
const MAX_PAUSE_MS = 500;

/** A line's end that says how fast it wants to be given frames. */
export interface MeteredEnd extends LineEndpoint {
  /** For how many milliseconds nothing more is to be read, as of the last frame; 0 mostly. */
  readonly overdraftMs: number;
}

/** What a {@link LineSocket} is given. */
export interface LineSocketOptions {
  readonly attach: (transport: Transport) => MeteredEnd;
  /** The connection below. */
  readonly connection: Duplex;
  /** What may come before the first frame is complete, in bytes; more ends the connection. */
  readonly maxUngreetedBytes: number;
  /** Called once, when the first frame is there. */
  readonly handleGreeted: () => void;
  /** Called once, when the socket is closed and the end knows. */
  readonly handleClosed: (socket: LineSocket) => void;
}

/**
 * An accepted WebSocket with a line's end on it; what `bindWebSocket` does, for very many sockets that say little: the
 * listeners are the same for all of them, and no event object is made for a frame.
 */
export class LineSocket extends WebSocket {
  #end: MeteredEnd | undefined;
  #handleClosed: ((socket: LineSocket) => void) | undefined;
  #cut: NodeJS.Timeout | undefined;
  #resume: NodeJS.Timeout | undefined;
  /** Until the first frame came. */
  #greet: (() => void) | undefined;
  /** One for all frames. */
  readonly #handleSent = (): void => this.#end?.handleWritable();

  /** Makes the end. */
  bindLine({ attach, connection, handleClosed, handleGreeted, maxUngreetedBytes }: LineSocketOptions): void {
    this.#handleClosed = handleClosed;
    let leftBytes = maxUngreetedBytes;
    const count = (chunk: Uint8Array): void => {
      leftBytes -= chunk.length;
      if (leftBytes < 0 && this.#greet !== undefined) this.terminate();
    };
    this.#greet = () => {
      this.#greet = undefined;
      connection.off('data', count);
      handleGreeted();
    };
    connection.on('data', count);
    this.#end = attach(new SocketTransport(this));
    this.on('message', handleMessage);
    this.on('close', handleClose);
    // The close event follows and carries what can be said.
    this.on('error', ignore);
    this.#end.handleOpen?.();
  }

  /** For {@link SocketTransport}. */
  sendFrame(frame: Uint8Array): void {
    if (this.readyState === WebSocket.OPEN) this.send(frame, this.#handleSent);
  }

  /** For {@link SocketTransport}. */
  closeLine(code: number, reason: string): void {
    this.#readOn();
    this.close(code, reason);
    this.#cut ??= setTimeout(() => this.terminate(), CLOSE_WAIT_MS).unref();
  }

  /** For the listeners. */
  handleData(data: RawData, isBinary: boolean): void {
    const end = this.#end;
    if (end === undefined) return;
    this.#greet?.();
    if (!isBinary) end.handleText();
    // A view of the type that the protocol's code is written for: `slice` of a Buffer, for one, does not copy.
    else if (Buffer.isBuffer(data)) end.handleFrame(new Uint8Array(data.buffer, data.byteOffset, data.length));
    if (end.overdraftMs > 0 && this.#resume === undefined) this.#rest(end.overdraftMs);
  }

  /** For the listeners. */
  handleEnd(code: number, reason: string): void {
    // The timer would keep the socket in memory, which counts where many lines are refused.
    clearTimeout(this.#cut);
    clearTimeout(this.#resume);
    this.#end?.handleDisconnected(code, reason);
    this.#handleClosed?.(this);
  }

  /** Reads nothing for a while: then TCP slows the sender down, and nothing is dropped. */
  #rest(forMs: number): void {
    if (this.readyState !== WebSocket.OPEN) return;
    this.pause();
    this.#resume = setTimeout(() => this.#readOn(), Math.min(forMs, MAX_PAUSE_MS)).unref();
  }

  #readOn(): void {
    if (this.#resume === undefined) return;
    clearTimeout(this.#resume);
    this.#resume = undefined;
    this.resume();
  }
}

class SocketTransport implements Transport {
  readonly #socket: LineSocket;

  constructor(socket: LineSocket) {
    this.#socket = socket;
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(frame: Uint8Array): void {
    this.#socket.sendFrame(frame);
  }

  close(code: number, reason: string): void {
    this.#socket.closeLine(code, reason);
  }
}

function handleMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  if (this instanceof LineSocket) this.handleData(data, isBinary);
}

function handleClose(this: WebSocket, code: number, reason: Buffer): void {
  if (this instanceof LineSocket) this.handleEnd(code, reason.toString());
}

const ignore = (): void => undefined;
