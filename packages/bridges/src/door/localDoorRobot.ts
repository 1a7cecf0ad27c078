import { silentLog, systemClock } from '@longline/ros';
import type { Clock, Log, RosGraph } from '@longline/ros';
import type { ChannelSource } from './ChannelSource.ts';
import type { DoorRobot } from './DoorRobot.ts';
import { GraphChannels } from './GraphChannels.ts';
import { GraphOutputs } from './GraphOutputs.ts';

/** How {@link localDoorRobot} is made. */
export interface LocalDoorRobotOptions {
  /** Default: this machine's. */
  readonly clock?: Clock | undefined;
  /** Default: silent. */
  readonly log?: Log | undefined;
  /** Shared by the readers of one graph, so that each definition is asked for once. Default: its own. */
  readonly channels?: ChannelSource | undefined;
}

/** A graph of this machine as one reader of a door has it: everything is allowed, and this machine's clock is the robot's. */
export function localDoorRobot(graph: RosGraph, options: LocalDoorRobotOptions = {}): DoorRobot {
  const { clock = systemClock, log = silentLog } = options;
  return {
    graph,
    channels: options.channels ?? new GraphChannels({ graph, clock, log }),
    outputs: new GraphOutputs({ graph }),
    nowNs: () => clock.wallNs(),
  };
}
