import type { LineEndpoint, Transport } from '@longline/line';
import { WebSocket } from 'ws';
import type { RawData } from 'ws';

/** How long a peer may take to answer our close frame before the socket is cut, in milliseconds. */
const CLOSE_WAIT_MS = 2_000;

/**
 * An accepted WebSocket with a line's end on it; what `bindWebSocket` does, for very many sockets that say little: the
 * listeners are the same for all of them, and no event object is made for a frame.
 */
export class LineSocket extends WebSocket {
  #end: LineEndpoint | undefined;
  #handleClosed: ((socket: LineSocket) => void) | undefined;
  #cut: NodeJS.Timeout | undefined;
  /** One for all frames. */
  readonly #handleSent = (): void => this.#end?.handleWritable();

  /** Makes the end. `handleClosed` is called once, when the socket is closed and the end knows. */
  bindLine(attach: (transport: Transport) => LineEndpoint, handleClosed: (socket: LineSocket) => void): void {
    this.#handleClosed = handleClosed;
    this.#end = attach(new SocketTransport(this));
    this.on('message', handleMessage);
    this.on('close', handleClose);
    // The close event follows and carries what can be said.
    this.on('error', ignore);
  }

  /** For {@link SocketTransport}. */
  sendFrame(frame: Uint8Array): void {
    if (this.readyState === WebSocket.OPEN) this.send(frame, this.#handleSent);
  }

  /** For {@link SocketTransport}. */
  closeLine(code: number, reason: string): void {
    this.close(code, reason);
    this.#cut ??= setTimeout(() => this.terminate(), CLOSE_WAIT_MS).unref();
  }

  /** For the listeners. */
  handleData(data: RawData, isBinary: boolean): void {
    if (!isBinary) this.#end?.handleText();
    // A view of the type that the protocol's code is written for: `slice` of a Buffer, for one, does not copy.
    else if (Buffer.isBuffer(data)) this.#end?.handleFrame(new Uint8Array(data.buffer, data.byteOffset, data.length));
  }

  /** For the listeners. */
  handleEnd(code: number, reason: string): void {
    // The timer would keep the socket in memory, which counts where many lines are refused.
    clearTimeout(this.#cut);
    this.#end?.handleDisconnected(code, reason);
    this.#handleClosed?.(this);
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
