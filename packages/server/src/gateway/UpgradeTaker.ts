import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AdmittedUpgrade } from './UpgradeAdmission.ts';
import type { WebSocketName } from './webSocketRoutes.ts';

/** An upgrade that was admitted, and not answered yet. */
export interface Upgrade extends AdmittedUpgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** Takes the WebSockets of some routes. */
export interface UpgradeTaker {
  readonly routes: readonly WebSocketName[];
  /** Sockets open now, and how many of them are readers. */
  readonly counts: { readonly sockets: number; readonly readers: number };
  /** Answers the upgrade and runs the socket. Throws what it is refused with instead. */
  handleUpgrade(upgrade: Upgrade): void;
  /** Closes every socket and waits until they are closed. Idempotent. */
  stop(): Promise<void>;
}
