import type { ChannelSource, DoorOutputs, DoorRobot } from '@longline/bridges';
import type { Clock, RosGraph } from '@longline/ros';
import type { FleetView } from '../access/FleetView.ts';
import type { RobotRequests } from '../commands/RobotRequests.ts';
import { DeviceChannels } from './DeviceChannels.ts';
import { DeviceOutputs } from './DeviceOutputs.ts';
import type { SharedGraphs } from './SharedGraphs.ts';

/** What a {@link DeviceDoorRobot} is given. */
export interface DeviceDoorRobotOptions {
  readonly device: string;
  /** Of the reader. */
  readonly view: FleetView;
  readonly requests: RobotRequests;
  readonly graphs: SharedGraphs;
  readonly clock: Clock;
  /** Of a lease that the reader named. */
  readonly leaseToken?: number | undefined;
}

/** A device of the fleet as one reader of a door has it. */
export class DeviceDoorRobot implements DoorRobot {
  readonly graph: RosGraph;
  readonly channels: ChannelSource;
  readonly outputs: DoorOutputs;
  readonly #options: DeviceDoorRobotOptions;
  readonly #release: () => void;

  constructor(options: DeviceDoorRobotOptions) {
    const { device, view, requests, graphs, clock, leaseToken } = options;
    const { graph, release } = graphs.acquire(view.principal, device);
    this.#options = options;
    this.#release = release;
    this.graph = graph;
    this.channels = new DeviceChannels(view, device);
    this.outputs = new DeviceOutputs({ device, view, requests, clock, leaseToken, graph });
  }

  nowNs(): bigint {
    const { clock, view, device } = this.#options;
    return clock.wallNs() + (view.device(device)?.clockOffsetNs ?? 0n);
  }

  /** The reader is gone: what it held ends. Idempotent. */
  close(): void {
    this.outputs.close();
    this.#release();
  }
}
