import { RosError, silentLog, systemClock } from '@longline/ros';
import type { Clock, Log, RosGraph } from '@longline/ros';
import type { OpenBridgeSocket } from '../link/BridgeSocket.ts';
import { openWsSocket } from '../link/openWsSocket.ts';
import { FoxgloveGraph } from './FoxgloveGraph.ts';

export interface FoxgloveOptions {
  /** `ws://host:8765`; `wss:` works, `foxglove://host` means `ws://host:8765`. */
  readonly url: string;
  /** Default: this machine's. */
  readonly clock?: Clock;
  /** Default: silent. */
  readonly log?: Log;
  /** Opens the connection; default: the `ws` library, without compression, frames up to 64 MiB. */
  readonly openSocket?: OpenBridgeSocket;
  /** For the jitter of reconnects, in 0..1. Default `Math.random`. */
  readonly random?: () => number;
}

const DEFAULT_PORT = '8765';

/**
 * A robot behind a Foxglove WebSocket server: foxglove_bridge of ROS 1 or ROS 2 of any version, or what the foxglove-sdk makes.
 *
 * Connects at once and for as long as it is open, again after every loss; what the graph is doing goes to
 * `watch().handleStatus`. Messages come as ROS serialized them, with the server's receive time as log time. What such a server cannot do:
 * say which topics are latched, provide a client's services, and describe types that none of its channels and services has. Throws
 * `NAME_INVALID` for a URL of another kind.
 */
export function openFoxglove(options: FoxgloveOptions): RosGraph {
  return new FoxgloveGraph({
    url: socketUrl(options.url),
    clock: options.clock ?? systemClock,
    log: options.log ?? silentLog,
    openSocket: options.openSocket ?? openWsSocket,
    random: options.random ?? Math.random,
  });
}

function socketUrl(text: string): string {
  const isShort = text.startsWith('foxglove://');
  const url = URL.parse(isShort ? text.replace('foxglove:', 'ws:') : text);
  if (url === null || (url.protocol !== 'ws:' && url.protocol !== 'wss:') || url.hostname === '') {
    throw new RosError(
      'NAME_INVALID',
      `${JSON.stringify(text.slice(0, 200))} is not the address of a Foxglove server. Write ws://host:8765.`,
      { details: { url: text.slice(0, 200) } },
    );
  }
  if (isShort && url.port === '') url.port = DEFAULT_PORT;
  return url.href.replace(/\/$/, '');
}
