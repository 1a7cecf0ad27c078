import { WebSocket } from 'ws';
import { MAX_FRAME_BYTES } from './BridgeSocket.ts';
import type { BridgeSocket, BridgeSocketListener } from './BridgeSocket.ts';

/** How long connecting may take, in milliseconds. */
const HANDSHAKE_TIMEOUT_MS = 5_000;

/** A {@link BridgeSocket} over the `ws` library, without compression: deflate costs more than it saves on a robot's LAN. */
export function openWsSocket(
  url: string,
  listener: BridgeSocketListener,
  protocols: readonly string[] = [],
): BridgeSocket {
  const socket = new WebSocket(url, [...protocols], {
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    skipUTF8Validation: false,
  });
  let problem: string | undefined;
  let ended = false;
  socket.on('open', () => {
    if (!ended) listener.handleOpen();
  });
  socket.on('message', (data, isBinary) => {
    if (ended) return;
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data);
    if (isBinary) listener.handleBinary(bytes);
    else listener.handleText(bytes.toString('utf8'));
  });
  socket.on('pong', (payload: Buffer) => {
    if (!ended) listener.handlePong?.(payload);
  });
  // Without this listener a refused connection would end the process.
  socket.on('error', (error) => (problem ??= error.message || error.name));
  socket.on('close', (code, reason) => {
    if (ended) return;
    ended = true;
    listener.handleClosed(problem ?? (reason.toString('utf8') || `closed with code ${code}`));
  });
  return {
    send: (data) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(data);
    },
    ping: (payload) => {
      if (socket.readyState === WebSocket.OPEN) socket.ping(payload);
    },
    bufferedBytes: () => socket.bufferedAmount,
    close: () => {
      if (ended) return;
      ended = true;
      socket.terminate();
    },
  };
}
