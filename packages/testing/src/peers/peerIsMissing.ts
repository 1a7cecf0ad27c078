import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A real program that tests talk to. */
export type PeerName = 'roscore' | 'nats-server' | 'curl' | 'openssl' | 'python3-websockets';

/** A Debian package and what shows that it is there: a program on the PATH or a Python module. */
interface Requirement {
  readonly debianPackage: string;
  readonly program?: string;
  readonly pythonModule?: string;
}

const requirements: Readonly<Record<PeerName, readonly Requirement[]>> = {
  roscore: [
    { program: 'roscore', debianPackage: 'python3-roslaunch' },
    { program: 'rosmaster', debianPackage: 'python3-rosmaster' },
    { program: 'rostopic', debianPackage: 'python3-rostopic' },
    { program: 'rosnode', debianPackage: 'python3-rosnode' },
    { program: 'rosservice', debianPackage: 'python3-rosservice' },
    { program: 'rosparam', debianPackage: 'python3-rosparam' },
    { program: 'rosbag', debianPackage: 'python3-rosbag' },
    { program: 'rosmsg', debianPackage: 'python3-rosmsg' },
    { pythonModule: 'rospy', debianPackage: 'python3-rospy' },
    { pythonModule: 'std_msgs', debianPackage: 'python3-std-msgs' },
    { pythonModule: 'std_srvs', debianPackage: 'python3-std-srvs' },
    { pythonModule: 'geometry_msgs', debianPackage: 'python3-geometry-msgs' },
    { pythonModule: 'sensor_msgs', debianPackage: 'python3-sensor-msgs' },
    { pythonModule: 'nav_msgs', debianPackage: 'python3-nav-msgs' },
    { pythonModule: 'tf2_msgs', debianPackage: 'python3-tf2-msgs' },
  ],
  'nats-server': [{ program: 'nats-server', debianPackage: 'nats-server' }],
  curl: [{ program: 'curl', debianPackage: 'curl' }],
  'python3-websockets': [{ pythonModule: 'websockets', debianPackage: 'python3-websockets' }],
  openssl: [{ program: 'openssl', debianPackage: 'openssl' }],
};

/**
 * Where peers are looked for. Debian keeps servers in /usr/sbin, which is not on everybody's PATH; npm's folders are left
 * out, because npm packages bring programs of the same names (`@foxglove/ros1` has a `roscore`).
 */
export const peerPath = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/sbin']
  .filter((folder) => !folder.endsWith('node_modules/.bin'))
  .join(delimiter);

/** Says in a sentence what is missing for a peer and which Debian packages bring it; `undefined` when it is installed. */
export function peerIsMissing(name: PeerName): string | undefined {
  const packages = requirements[name].filter((requirement) => !isThere(requirement)).map((each) => each.debianPackage);
  if (packages.length === 0) return undefined;
  const others = packages.length > 1 ? ` and ${packages.length - 1} more` : '';
  return `${name} is not installed (Debian: ${packages[0] ?? ''}${others}; npm test as root installs them)`;
}

function isThere({ program, pythonModule }: Requirement): boolean {
  if (program !== undefined) return peerPath.split(delimiter).some((folder) => existsSync(join(folder, program)));
  if (pythonModule === undefined) return true;
  const folders = ['/usr/lib/python3/dist-packages', ...(process.env['PYTHONPATH'] ?? '').split(delimiter)];
  return folders.some((folder) => folder !== '' && existsSync(join(folder, pythonModule)));
}
