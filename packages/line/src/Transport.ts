/**
 * What a line runs over: whole binary frames, in order. A WebSocket, a MessagePort, or a pair in a test.
 * The owner of the transport calls the end's `handleOpen`, `handleFrame`, `handleText`, `handleWritable` and `handleDisconnected`.
 */
export interface Transport {
  /** Bytes handed to `send` that the transport still holds. */
  readonly bufferedBytes: number;
  /** Takes ownership of the frame. After the transport closed it does nothing. */
  send(frame: Uint8Array): void;
  /** Closes with a WebSocket close code and reason; `handleDisconnected` follows. */
  close(code: number, reason: string): void;
}
