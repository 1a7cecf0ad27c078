import type { Channel } from '@longline/ros';
import type { ServerInfo } from './FoxgloveOp.ts';

/** ROS 1's distributions since 2012; every other name is one of ROS 2. */
const ros1Distros: ReadonlySet<string> = new Set(
  'fuerte groovy hydro indigo jade kinetic lunar melodic noetic'.split(' '),
);

/** Which ROS is behind a server: by the distribution that it names, else by the encodings that it takes, else by what it sends; undefined while nothing tells. */
export function rosVersionOf(info: ServerInfo, channels: Iterable<Channel>): 1 | 2 | undefined {
  const distro = info.metadata['ROS_DISTRO'];
  if (typeof distro === 'string' && distro !== '') return ros1Distros.has(distro.toLowerCase()) ? 1 : 2;
  if (info.supportedEncodings?.includes('ros1')) return 1;
  if (info.supportedEncodings?.includes('cdr')) return 2;
  for (const { encoding, schema } of channels) {
    if (encoding === 'ros1' || schema.encoding === 'ros1msg') return 1;
    if (encoding === 'cdr' || schema.encoding === 'ros2msg') return 2;
  }
  return undefined;
}
