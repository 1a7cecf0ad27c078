import type { RobotMessage } from './robotMessages.ts';

/** One WebSocket frame. */
export interface SentFrame {
  /** When it was given to the socket, in milliseconds since the start. */
  readonly atMs: number;
  /** Bytes of its payload. */
  readonly payloadBytes: number;
  /** The messages in it. */
  readonly messages: readonly RobotMessage[];
  /** Bytes of it by channel, where the path knows which messages cost what. Only their proportions matter. */
  readonly shares?: ReadonlyMap<number, number>;
}

/**
 * A way from the robot's messages to WebSocket frames: the seam at which the bench measures. It is given all messages in
 * the order of their reception (`atMs`) and answers with the frames, none of which leaves before its messages came.
 */
export interface WirePath {
  readonly name: string;
  /** The side that connected masks its frames (RFC 6455, 5.3). */
  readonly masked: boolean;
  send(messages: readonly RobotMessage[]): SentFrame[] | Promise<SentFrame[]>;
}
