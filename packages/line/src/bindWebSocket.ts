import type { Transport } from './Transport.ts';

/** The events of a transport, as every end of a line takes them. */
export interface LineEndpoint {
  /** Bytes sent that the other side has not acknowledged; for transports that cannot say what they hold. */
  readonly unacknowledgedBytes?: number;
  /** Ends that speak first have it: the transport is connected. */
  handleOpen?(): void;
  handleFrame(frame: Uint8Array): void;
  handleText(): void;
  handleWritable(): void;
  handleDisconnected(closeCode: number, reason: string): void;
}

/** What browsers, Node and the `ws` package agree on. */
export interface WebSocketLike {
  readonly readyState: number;
  readonly bufferedAmount: number;
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  /** `ws` calls back when the data left its buffer; browsers ignore the callback. */
  send(data: Uint8Array<ArrayBuffer>, callback?: () => void): void;
  close(code?: number, reason?: string): void;
  /** `ws` only: cuts the connection without a close frame. */
  terminate?(): void;
}

const CONNECTING = 0;
const OPEN = 1;
/** How long a peer may take to answer our close frame before the socket is cut, in milliseconds; `ws` needs it. */
const CLOSE_WAIT_MS = 2_000;

/**
 * Runs a line's end over a WebSocket. `attach` is given the transport and makes the end. The WebSocket must have been
 * opened with a subprotocol of {@link subprotocols}; a server's may be open already.
 */
export function bindWebSocket<End extends LineEndpoint>(
  socket: WebSocketLike,
  attach: (transport: Transport) => End,
): End {
  let cancelCut = (): void => undefined;
  const end: End = attach({
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    send: (frame) => {
      if (socket.readyState === OPEN) socket.send(frame as Uint8Array<ArrayBuffer>, () => end.handleWritable());
    },
    close: (code, reason) => {
      socket.close(code, reason);
      cancelCut = cutLater(socket);
    },
  });
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => end.handleOpen?.();
  socket.onmessage = (event: { data: unknown }) => {
    if (event.data instanceof ArrayBuffer) end.handleFrame(new Uint8Array(event.data));
    else end.handleText();
  };
  socket.onclose = (event: { code: number; reason: string }) => {
    // The timer would keep the socket in memory, which counts where many lines are refused.
    cancelCut();
    end.handleDisconnected(event.code, event.reason);
  };
  // The close event follows and carries what can be said.
  socket.onerror = () => undefined;
  if (socket.readyState === OPEN) end.handleOpen?.();
  else if (socket.readyState !== CONNECTING) end.handleDisconnected(1006, 'the socket was closed already');
  return end;
}

/** A peer that never answers the close frame must not keep the socket; browsers see to that themselves. */
function cutLater(socket: WebSocketLike): () => void {
  if (socket.terminate === undefined) return () => undefined;
  const timer = setTimeout(() => socket.terminate?.(), CLOSE_WAIT_MS);
  if (isUnrefable(timer)) timer.unref();
  return () => clearTimeout(timer);
}

const isUnrefable = (timer: unknown): timer is { unref(): void } =>
  typeof timer === 'object' && timer !== null && 'unref' in timer;
