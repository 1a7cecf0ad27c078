import { WebSocket } from 'ws';
import type { RawData } from 'ws';
import type { DoorSession, DoorSocket } from './DoorSocket.ts';

/** How a socket is read. */
export interface BindDoorOptions {
  /** Told the bytes of every frame; for so many milliseconds nothing more is read, 500 at most at a time. Default: read on. */
  readonly charge?: ((bytes: number) => number) | undefined;
  /** Something threw in the session: the reader is closed with 1011. Default: ignored. */
  readonly handleFault?: ((error: unknown) => void) | undefined;
}

/** Reading rests at most this long at a time: pongs come through, in milliseconds. */
const MAX_PAUSE_MS = 500;
/** How long a reader may take to answer the close frame before it is cut, in milliseconds. */
const CLOSE_WAIT_MS = 2_000;

/** Runs a door's session on an accepted WebSocket of the `ws` library, and returns it. */
export function bindDoorSocket<Session extends DoorSession>(
  webSocket: WebSocket,
  open: (socket: DoorSocket) => Session,
  { charge, handleFault }: BindDoorOptions = {},
): Session {
  let cut: NodeJS.Timeout | undefined;
  let resume: NodeJS.Timeout | undefined;
  const handleSent = (): void => guarded(() => session.handleWritable());
  const close = (code: number, reason: string): void => {
    if (resume !== undefined) webSocket.resume();
    webSocket.close(code, reason.slice(0, 120));
    cut ??= setTimeout(() => webSocket.terminate(), CLOSE_WAIT_MS).unref();
  };
  const guarded = (act: () => void): void => {
    try {
      act();
    } catch (error) {
      handleFault?.(error);
      close(1011, 'the server failed; its log says why');
    }
  };
  const session = open({
    get bufferedBytes() {
      return webSocket.bufferedAmount;
    },
    send: (data) => {
      if (webSocket.readyState === WebSocket.OPEN) webSocket.send(data, handleSent);
    },
    ping: (payload) => {
      if (webSocket.readyState === WebSocket.OPEN) webSocket.ping(payload);
    },
    close,
  });
  webSocket.on('message', (data: RawData, isBinary: boolean) => {
    if (!Buffer.isBuffer(data)) return;
    guarded(() => {
      if (isBinary) session.handleBinary(new Uint8Array(data.buffer, data.byteOffset, data.length));
      else session.handleText(data.toString());
    });
    const pauseMs = charge?.(data.length) ?? 0;
    if (pauseMs <= 0 || resume !== undefined || webSocket.readyState !== WebSocket.OPEN) return;
    webSocket.pause();
    resume = setTimeout(
      () => {
        resume = undefined;
        webSocket.resume();
      },
      Math.min(pauseMs, MAX_PAUSE_MS),
    ).unref();
  });
  webSocket.on('pong', (payload: Buffer) => guarded(() => session.handlePong(payload)));
  webSocket.on('close', () => {
    clearTimeout(cut);
    clearTimeout(resume);
    guarded(() => session.handleClosed());
  });
  // The close event follows.
  webSocket.on('error', () => undefined);
  return session;
}
