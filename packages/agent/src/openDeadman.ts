import { join } from 'node:path';
import type { Clock, Log, RosGraph } from '@longline/ros';
import type { AgentConfig } from './config/AgentConfig.ts';
import type { Deadman } from './deadman/Deadman.ts';
import { FileMemory } from './deadman/FileMemory.ts';
import { LocalDeadman } from './deadman/LocalDeadman.ts';
import { MotionOutputs } from './deadman/MotionOutputs.ts';
import { VolatileMemory } from './deadman/VolatileMemory.ts';

/** What a deadman is opened with. */
export interface OpenDeadmanOptions {
  /** The robot. It stays open. */
  readonly graph: RosGraph;
  readonly clock: Clock;
  readonly log: Log;
  /** The folder for what it must remember over restarts; undefined for a robot that does not outlive this process. */
  readonly folder: string | undefined;
}

/** Opens the deadman of a robot. */
export function openDeadman(config: AgentConfig, { graph, clock, log, folder }: OpenDeadmanOptions): Deadman {
  const outputs = new MotionOutputs(config.motion, config.allow.publish);
  const memory =
    folder === undefined ? new VolatileMemory() : new FileMemory({ path: join(folder, 'deadman.json'), log });
  return new LocalDeadman({ graph, clock, log, outputs, memory });
}
