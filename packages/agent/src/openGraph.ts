import type { Clock, Log, RosGraph } from '@longline/ros';
import { AgentError } from './errors.ts';

/** What the graph is opened with. */
export interface OpenGraphOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** The name or address under which ROS 1 nodes reach this machine; default: found out. */
  readonly rosHost?: string | undefined;
  /** Folders with ROS packages, for definitions of a ROS 1 robot's own types. Default: where ROS is installed; those come after these. */
  readonly definitionPaths?: readonly string[] | undefined;
  /** Name of the ROS 1 node. Default: `/longline_` and a random part, so that two never have the same. */
  readonly nodeName?: string | undefined;
}

/** Opens the robot at a URL. Each kind is loaded only where it is used. */
type OpenKind = (url: URL, options: OpenGraphOptions) => Promise<RosGraph>;

const kinds: ReadonlyMap<string, OpenKind> = new Map<string, OpenKind>([
  [
    'turtlesim:',
    async (_url, { clock }) => {
      const { openTurtlesim } = await import('@longline/turtlesim');
      return openTurtlesim({ clock });
    },
  ],
  [
    'ros1:',
    async (url, { clock, log, rosHost, nodeName, definitionPaths = [] }) => {
      const { openRos1 } = await import('@longline/ros1');
      return openRos1({
        masterUri: `http://${url.hostname}:${url.port || '11311'}`,
        clock,
        log,
        definitionPaths,
        ...(rosHost === undefined ? {} : { host: rosHost }),
        ...(nodeName === undefined ? {} : { nodeName }),
      });
    },
  ],
  ['rosbridge:', (url, options) => openBehindRosbridge(`ws://${url.hostname}:${url.port || '9090'}`, url, options)],
  ['rosbridge+wss:', (url, options) => openBehindRosbridge(`wss://${url.host}`, url, options)],
  ['foxglove:', (url, options) => openBehindFoxglove(`ws://${url.hostname}:${url.port || '8765'}`, url, options)],
  ['foxglove+wss:', (url, options) => openBehindFoxglove(`wss://${url.host}`, url, options)],
]);

async function openBehindRosbridge(origin: string, url: URL, { clock, log }: OpenGraphOptions): Promise<RosGraph> {
  const { openRosbridge } = await import('@longline/bridges');
  return openRosbridge({ url: `${origin}${url.pathname}${url.search}`, clock, log });
}

async function openBehindFoxglove(origin: string, url: URL, { clock, log }: OpenGraphOptions): Promise<RosGraph> {
  const { openFoxglove } = await import('@longline/bridges');
  return openFoxglove({ url: `${origin}${url.pathname}${url.search}`, clock, log });
}

const notYet = ['ros2:'];
const USAGE =
  'Write turtlesim: (simulated), ros1://HOST:11311 (a ROS 1 master), rosbridge://HOST:9090 or foxglove://HOST:8765 ' +
  '(rosbridge+wss: and foxglove+wss: with TLS).';

/** Checks a robot's URL without opening it. Throws `ROBOT_URL_INVALID`. */
export function parseRobotUrl(text: string): URL {
  const url = URL.parse(text);
  const shown = JSON.stringify(text.slice(0, 200));
  const refuse = (what: string): AgentError =>
    new AgentError('ROBOT_URL_INVALID', `${what}. ${USAGE}`, { details: { robot: text.slice(0, 200) } });
  if (url === null) throw refuse(`${shown} is not the URL of a robot`);
  if (notYet.includes(url.protocol)) throw refuse(`This version has no robots at ${url.protocol} (${shown})`);
  if (!kinds.has(url.protocol)) throw refuse(`${shown} is not the URL of a robot: there is no scheme ${url.protocol}`);
  if (url.protocol !== 'turtlesim:' && url.hostname === '') throw refuse(`${shown} names no host`);
  return url;
}

/** Opens the robot that a URL names: `turtlesim:`, `ros1://host:11311`, `rosbridge://host:9090`, `foxglove://host:8765`. Throws `ROBOT_URL_INVALID`. */
export async function openGraph(text: string, options: OpenGraphOptions): Promise<RosGraph> {
  const url = parseRobotUrl(text);
  const open = kinds.get(url.protocol);
  if (open === undefined) throw new AgentError('ROBOT_URL_INVALID', `${url.protocol} has no robot. ${USAGE}`);
  return open(url, options);
}
