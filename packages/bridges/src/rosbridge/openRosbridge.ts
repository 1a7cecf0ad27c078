import { RosError, silentLog, systemClock } from '@longline/ros';
import type { Clock, Log, RosGraph } from '@longline/ros';
import type { OpenBridgeSocket } from '../link/BridgeSocket.ts';
import { openWsSocket } from '../link/openWsSocket.ts';
import { RosbridgeGraph } from './RosbridgeGraph.ts';

export interface RosbridgeOptions {
  /** `ws://host:9090`; `wss:` works, `rosbridge://host` means `ws://host:9090`. */
  readonly url: string;
  /** Default: this machine's. */
  readonly clock?: Clock;
  /** Default: silent. */
  readonly log?: Log;
  /** Opens the connections; default: the `ws` library, without compression, frames up to 64 MiB. */
  readonly openSocket?: OpenBridgeSocket;
  /** For the jitter of reconnects, in 0..1. Default `Math.random`. */
  readonly random?: () => number;
}

const DEFAULT_PORT = '9090';

/**
 * A robot behind a rosbridge server (protocol v2, ROS 1 or ROS 2), which must run rosapi beside it.
 *
 * Connects at once and for as long as it is open, again after every loss; what the graph is doing goes to
 * `watch().handleStatus`. Messages come as ROS serialized them. What rosbridge cannot carry: NaN and infinities in what is
 * published, and whether a topic is latched. Throws `NAME_INVALID` for a URL of another kind.
 */
export function openRosbridge(options: RosbridgeOptions): RosGraph {
  return new RosbridgeGraph({
    url: socketUrl(options.url),
    clock: options.clock ?? systemClock,
    log: options.log ?? silentLog,
    openSocket: options.openSocket ?? openWsSocket,
    random: options.random ?? Math.random,
  });
}

function socketUrl(text: string): string {
  const isShort = text.startsWith('rosbridge://');
  const url = URL.parse(isShort ? text.replace('rosbridge:', 'ws:') : text);
  if (url === null || (url.protocol !== 'ws:' && url.protocol !== 'wss:') || url.hostname === '') {
    throw new RosError(
      'NAME_INVALID',
      `${JSON.stringify(text)} is not the address of a rosbridge server. Write ws://host:9090.`,
      {
        details: { url: text },
      },
    );
  }
  if (isShort && url.port === '') url.port = DEFAULT_PORT;
  return url.href.replace(/\/$/, '');
}
