import { join } from 'node:path';
import type { Clock, Log, RosGraph } from '@longline/ros';
import type { AgentConfig } from './config/AgentConfig.ts';
import type { Deadman } from './deadman/Deadman.ts';
import { DeadmanProcess } from './deadman/DeadmanProcess.ts';
import { FileMemory } from './deadman/FileMemory.ts';
import { LocalDeadman } from './deadman/LocalDeadman.ts';
import { MotionOutputs } from './deadman/MotionOutputs.ts';
import { VolatileMemory } from './deadman/VolatileMemory.ts';

/** What a deadman is opened with. */
export interface OpenDeadmanOptions {
  /** The machine's, unless the robot lives in this process. */
  readonly clock: Clock;
  readonly log: Log;
  /** Gives 0 to 1, for jitter. */
  readonly random: () => number;
  /** The name or address under which ROS 1 nodes reach this machine; default: found out. */
  readonly rosHost?: string | undefined;
  /** The ROS 1 node of the agent. */
  readonly agentNode?: string;
}

/** Opens the deadman of a robot that ROS nodes make: a process of its own. It keeps what it must remember in the folder. */
export function openDeadman(config: AgentConfig, folder: string, options: OpenDeadmanOptions): Deadman {
  const { robot, motion, allow } = config;
  const { rosHost, agentNode, ...parts } = options;
  const setup = { robot, folder, motion, publishable: allow.publish, rosHost, agentNode };
  return new DeadmanProcess({ ...parts, setup });
}

/** Opens the deadman of a robot that lives in this process. It remembers for as long, unless it is given a folder. */
export function openLocalDeadman(
  config: AgentConfig,
  folder: string | undefined,
  { graph, clock, log }: { readonly graph: RosGraph } & Pick<OpenDeadmanOptions, 'clock' | 'log'>,
): Deadman {
  const outputs = new MotionOutputs(config.motion, config.allow.publish);
  const memory =
    folder === undefined ? new VolatileMemory() : new FileMemory({ path: join(folder, 'deadman.json'), log });
  return new LocalDeadman({ graph, clock, log, outputs, memory });
}
