import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentConfigInput } from '@longline/agent';
import { startHelperNode, startRoscore, startRospyNode, TcpProxy } from '@longline/testing';
import type { PeerProcess, Roscore } from '@longline/testing';
import { START_MS } from './longline.ts';
import { LonglineAgent } from './LonglineAgent.ts';
import { LonglineServer } from './LonglineServer.ts';

const isReady = (peer: PeerProcess): boolean => peer.stdout.includes('"ready"');

/** A real ROS 1 robot with an agent, and a server with doors to it, all of them processes. */
export class DoorWorld {
  static readonly device = 'far-1';
  readonly roscore: Roscore;
  readonly robot: PeerProcess;
  readonly server: LonglineServer;
  readonly agent: LonglineAgent;
  /** The robot's network: between its agent and the server. */
  readonly link: TcpProxy;

  private constructor(parts: Pick<DoorWorld, 'roscore' | 'robot' | 'server' | 'agent' | 'link'>) {
    this.roscore = parts.roscore;
    this.robot = parts.robot;
    this.server = parts.server;
    this.agent = parts.agent;
    this.link = parts.link;
  }

  /** Everything is allowed on the robot, and doors may take the lease by moving. `env`: of the agent. */
  static async start(config: AgentConfigInput = {}, env: NodeJS.ProcessEnv = {}): Promise<DoorWorld> {
    const [roscore, server] = await Promise.all([startRoscore(), LonglineServer.start()]);
    const robot = startHelperNode(roscore, 'sample_robot.py', ['--services', '--rate', '10']);
    await robot.waitFor(isReady, START_MS);
    const link = await TcpProxy.start(server.port);
    const all = ['/**'];
    const agent = await LonglineAgent.start(
      {
        device: DoorWorld.device,
        server: link.url,
        robot: `ros1://localhost:${roscore.port}`,
        allow: { publish: all, call: all, setParameters: all, provide: all },
        motion: { implicitLease: true },
        ...config,
      },
      { ...roscore.env, ...env },
    );
    return new DoorWorld({ roscore, robot, server, agent, link });
  }

  /** The address of a door to the robot. */
  door(kind: 'rosbridge' | 'foxglove'): string {
    return `ws://127.0.0.1:${this.server.port}/api/v1/devices/${DoorWorld.device}/${kind}`;
  }

  /** A node of the robot that prints each Twist on /cmd_vel. */
  async watchVelocity(): Promise<PeerProcess> {
    const watch = startRospyNode(this.roscore, readFileSync(join(import.meta.dirname, 'velocity_watch.py'), 'utf8'));
    await watch.waitFor(isReady, START_MS);
    return watch;
  }

  async stop(): Promise<void> {
    await Promise.all([this.agent.stop(), this.server.stop(), this.robot.stop()]);
    await Promise.all([this.roscore.stop(), this.link.stop()]);
  }
}
