import { checkTopicName, RosError, silentLog, systemClock } from '@longline/ros';
import type { Clock, Log, RosGraph } from '@longline/ros';
import { Definitions } from './definitions/Definitions.ts';
import { installedPaths, PackageFolders } from './definitions/PackageFolders.ts';
import { Ros1Graph } from './Ros1Graph.ts';
import { MAX_MESSAGE_BYTES } from './tcpros/FrameReader.ts';

export interface Ros1Options {
  /** Where the ROS master is: `http://host:11311`. */
  readonly masterUri: string;
  /** The name or address by which the robot's other nodes reach this machine (ROS_HOSTNAME or ROS_IP). Default: the address from which the master is reached. */
  readonly host?: string;
  /** Name of this node, which must be the only one of that name. Default: `/longline_` and a random part. */
  readonly nodeName?: string;
  /** Folders with ROS packages, for definitions (ROS_PACKAGE_PATH). Every release's share folder in `/opt/ros` and `/usr/share` are searched after them. */
  readonly definitionPaths?: readonly string[];
  /** Larger messages end their publisher's connection. Default 256 MiB. */
  readonly maxMessageBytes?: number;
  readonly clock?: Clock;
  readonly log?: Log;
}

/**
 * A ROS 1 graph, spoken to natively; needs no ROS on this machine. Nothing is sent before the first operation, and the
 * master may come, go and be restarted at any time. Throws `NAME_INVALID` for an address or a node name that is none.
 */
export function openRos1(options: Ros1Options): RosGraph {
  const url = URL.canParse(options.masterUri) ? new URL(options.masterUri) : undefined;
  if (url?.protocol !== 'http:') {
    throw new RosError(
      'NAME_INVALID',
      `"${options.masterUri}" is no address of a ROS master; write http://host:11311.`,
    );
  }
  const random = Math.floor(Math.random() * 2 ** 32).toString(16);
  return new Ros1Graph({
    masterUri: `http://${url.hostname}:${url.port === '' ? '11311' : url.port}`,
    callerId: checkTopicName(options.nodeName ?? `/longline_${random.padStart(8, '0')}`),
    host: options.host,
    clock: options.clock ?? systemClock,
    log: options.log ?? silentLog,
    definitions: new Definitions(new PackageFolders([...(options.definitionPaths ?? []), ...installedPaths()])),
    maxMessageBytes: options.maxMessageBytes ?? MAX_MESSAGE_BYTES,
  });
}
