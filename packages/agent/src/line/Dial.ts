import type { LineEndpoint, Transport } from '@longline/line';

/** One connection to a server, on its way or open. */
export interface Dialled {
  /** Our address on it; undefined before it is connected. */
  readonly localAddress: string | undefined;
  /** The server's address on it; undefined before it is connected, and where a proxy chooses it. */
  readonly remoteAddress: string | undefined;
  /**
   * Drops the connection at once, with all that it still holds, so that nothing of it reaches the server later. Idempotent;
   * the end's `handleDisconnected` follows.
   */
  abandon(): void;
}

/** What a connection on its way tells. */
export interface DialEvents {
  /** Why it broke, where that is known; the end's `handleDisconnected` follows. */
  handleError(error: Error): void;
  /** The other side answered, though the connection is not open yet: the path works. */
  handleProgress(): void;
}

/** Opens one connection to a server and binds the end to it; to `address` of it where given, as {@link Dialled} told it. */
export type Dial = (attach: (transport: Transport) => LineEndpoint, events: DialEvents, address?: string) => Dialled;
