import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { getProxyForUrl } from 'proxy-from-env';
import { silentLog } from '@longline/ros';
import type { Clock, Log, RosGraph } from '@longline/ros';
import { Agent } from './Agent.ts';
import { JournalFile } from './commands/JournalFile.ts';
import { noJournal } from './commands/JournalStore.ts';
import type { AgentConfigInput } from './config/AgentConfig.ts';
import { parseAgentConfig } from './config/parseAgentConfig.ts';
import { stateFolder } from './config/stateFolder.ts';
import { IdentitySigner } from './identity/IdentitySigner.ts';
import type { RobotProof } from './identity/RobotProof.ts';
import { readAuthorities } from './identity/readAuthorities.ts';
import type { Dial } from './line/Dial.ts';
import { dialWebSocket, lineProxy } from './line/dialWebSocket.ts';
import { localAddresses } from './line/localAddresses.ts';
import { machineClock } from './machineClock.ts';
import { openDeadman, openLocalDeadman } from './openDeadman.ts';
import { openGraph } from './openGraph.ts';
import { definitionPaths } from './robot/definitionPaths.ts';

/** What an agent works with; everything has a default. */
export interface AgentDeps {
  /** A pino logger fits. Default: silent. */
  readonly log?: Log;
  /** Default: this machine's. */
  readonly clock?: Clock;
  /**
   * The robot, instead of the one that `robot` in the config names. The agent closes it when it stops. What must survive
   * restarts is kept only with `stateDir` in the config, and the deadman lives in this process.
   */
  readonly graph?: RosGraph;
  /** Opens connections to the server. Default: WebSockets to `server` of the config. */
  readonly dial?: Dial;
  /** Proves who the robot is. Default: the identity in its state folder, where it has joined. */
  readonly identity?: RobotProof;
  /** Gives 0 to 1, for jitter. Default `Math.random`. */
  readonly random?: () => number;
  /** The name or address under which ROS nodes reach this machine. Default `ROS_HOSTNAME`, `ROS_IP` of the environment. */
  readonly rosHost?: string;
}

/**
 * Starts a robot's agent. It resolves when the agent runs, whether or not ROS and the server can be reached: it goes on
 * trying both. Rejects with `CONFIG_INVALID` and `ROBOT_URL_INVALID`.
 */
export async function startAgent(config: AgentConfigInput, deps: AgentDeps = {}): Promise<Agent> {
  const complete = parseAgentConfig(config);
  const clock = deps.clock ?? machineClock;
  const log = deps.log ?? silentLog;
  const rosHost = deps.rosHost ?? process.env['ROS_HOSTNAME'] ?? process.env['ROS_IP'];
  const nodeName = `/longline_${randomUUID().slice(0, 8)}`;
  const graph =
    deps.graph ??
    (await openGraph(complete.robot, { clock, log, rosHost, nodeName, definitionPaths: definitionPaths(process.env) }));
  const random = deps.random ?? Math.random;
  const identity = new IdentitySigner({ folder: stateFolder(complete, process.env), device: complete.device, log });
  const authorities = complete.ca === undefined ? undefined : await readAuthorities(complete.ca);
  const isHere = deps.graph !== undefined || complete.robot.startsWith('turtlesim:');
  const folder = isHere ? complete.stateDir : stateFolder(complete, process.env);
  const deadman =
    isHere || folder === undefined
      ? openLocalDeadman(complete, folder, { graph, clock, log })
      : openDeadman(complete, folder, { clock, log, random, rosHost, agentNode: nodeName });
  const agent = new Agent({
    config: complete,
    graph,
    deadman,
    journal: folder === undefined ? noJournal : new JournalFile(join(folder, 'executed.jsonl')),
    clock,
    log,
    dials:
      deps.dial === undefined
        ? complete.server.map((url) =>
            dialWebSocket({
              url,
              clock,
              findProxy: () => lineProxy(url, complete.proxy, getProxyForUrl),
              findAuthorities: () => authorities ?? identity.ca,
            }),
          )
        : [deps.dial],
    identity: deps.identity ?? identity,
    localAddresses,
    random,
    makeId: randomUUID,
  });
  log.info({ device: complete.device, server: complete.server.join(' '), robot: graph.name }, 'the agent starts');
  await agent.start();
  return agent;
}
