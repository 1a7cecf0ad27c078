/** One WebSocket to a robot's bridge, as far as this package needs it, so that tests can give another. */
export interface BridgeSocket {
  /** Sends one frame: text as a text frame, bytes as a binary one; ignored unless the socket is open. */
  send(data: string | Uint8Array): void;
  /** Sends a ping; its pong comes to {@link BridgeSocketListener.handlePong} with the same payload. Ignored unless the socket is open. */
  ping(payload: Uint8Array): void;
  /** Bytes accepted by {@link send} that have not left yet. */
  bufferedBytes(): number;
  /** Ends the connection at once, without waiting for the other end. No listener is told afterwards. Idempotent. */
  close(): void;
}

/** Told about one socket. `handleClosed` comes exactly once, also where the socket never opened. */
export interface BridgeSocketListener {
  handleOpen(): void;
  handleText(text: string): void;
  handleBinary(data: Uint8Array): void;
  handlePong?(payload: Uint8Array): void;
  /** `reason` completes the sentence "the connection to ws://... ended: ...". */
  handleClosed(reason: string): void;
}

/** Opens a socket that offers these subprotocols (default none). The listener is told nothing before this returned. */
export type OpenBridgeSocket = (
  url: string,
  listener: BridgeSocketListener,
  protocols?: readonly string[],
) => BridgeSocket;

/** Largest frame accepted from a server, in bytes; a larger one ends the connection. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024;
