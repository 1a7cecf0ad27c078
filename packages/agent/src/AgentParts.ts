import type { Clock, Log, RosGraph } from '@longline/ros';
import type { JournalStore } from './commands/JournalStore.ts';
import type { AgentConfig } from './config/AgentConfig.ts';
import type { Deadman } from './deadman/Deadman.ts';
import type { RobotProof } from './identity/RobotProof.ts';
import type { Dial } from './line/Dial.ts';

/** What an agent is made of. */
export interface AgentParts {
  readonly config: AgentConfig;
  /** The agent closes it when it stops. */
  readonly graph: RosGraph;
  /** The only way to what moves the robot. The agent closes it when it stops. */
  readonly deadman: Deadman;
  /** Keeps which commands were executed. The agent closes it when it stops. */
  readonly journal: JournalStore;
  /** In milliseconds of the machine's monotonic clock, which other processes of it read too, where the deadman is one. */
  readonly clock: Clock;
  /** One for each server, the preferred first. */
  readonly dials: readonly Dial[];
  /** What proves who the robot is. Default: nothing does. */
  readonly identity?: RobotProof | undefined;
  /** This machine's addresses. Default: none are known. */
  readonly localAddresses?: () => readonly string[];
  readonly log: Log;
  /** Gives 0 to 1, for jitter. */
  readonly random: () => number;
  /** Gives a random ID. */
  readonly makeId: () => string;
}
