/** One reader's WebSocket, as far as a door needs it: any library's, or a test's. */
export interface DoorSocket {
  /** Bytes given to {@link send} that have not left this process. */
  readonly bufferedBytes: number;
  /** Text goes as a text frame, bytes as a binary one; ignored once the socket is closing. */
  send(data: string | Uint8Array): void;
  /** Sends a ping; its pong comes to {@link DoorSession.handlePong} with the same payload. */
  ping(payload: Uint8Array): void;
  close(code: number, reason: string): void;
}

/** A door's end on one reader's socket. Whatever comes, nothing throws. */
export interface DoorSession {
  handleText(text: string): void;
  /** The bytes are valid during the call only. */
  handleBinary(data: Uint8Array): void;
  handlePong(payload: Uint8Array): void;
  /** Something that was sent has left. */
  handleWritable(): void;
  /** The socket is closed, whoever closed it: everything that the reader held ends. Idempotent. */
  handleClosed(): void;
}
