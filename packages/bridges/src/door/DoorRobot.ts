import type { Advertisement, Disposer, Encoding, ParameterValue, PublishReceipt, RosGraph } from '@longline/ros';
import type { ChannelSource } from './ChannelSource.ts';

/** How old what a reader sent may be. Its frames carry no time; see {@link FrameAge}. */
export interface CommandAge {
  /** It is at most so old, in milliseconds, unless it waited inside the client. */
  readonly ageMs: number;
  /** It may have waited in the client since before the connection: of a queue that is flushed on connecting. */
  readonly mayBeFlushed: boolean;
}

/** One message that a reader publishes. */
export interface DoorMessage extends CommandAge {
  readonly topic: string;
  /** As the reader advertised or named it. */
  readonly type?: string | undefined;
  readonly latched?: boolean | undefined;
  /** `json`: exact rosbridge-style JSON, encoded where the definition is known best. */
  readonly encoding: Encoding;
  readonly data: Uint8Array;
}

/** One call of a service by a reader. */
export interface DoorCall extends CommandAge {
  readonly service: string;
  readonly encoding: Encoding;
  readonly data: Uint8Array;
  /** The reader waits for so long, in milliseconds. */
  readonly deadlineMs: number;
}

/**
 * The way from a door's reader to the robot: where its rights, the age of what it sent and the lease on what moves are
 * seen to. Each rejects with a `LonglineError` that says why the robot was not asked, or refused.
 */
export interface DoorOutputs {
  /**
   * The reader advertised a topic: ROS knows it from then on, until the disposer is called or the reader is gone (protocol
   * clause 5.14, action `topic.advertise`). Doors call this at the reader's own advertise op, and let later questions about the graph
   * (rosapi) wait for it.
   */
  advertise(advertisement: Advertisement): Promise<Disposer>;
  /** Resolves when the robot has it; a frame of motion when it was passed on. */
  publish(message: DoorMessage): Promise<PublishReceipt>;
  /** Resolves to the response, in the encoding of the call. */
  callService(call: DoorCall): Promise<Uint8Array>;
  setParameter(name: string, value: ParameterValue, age: CommandAge): Promise<void>;
  deleteParameter(name: string, age: CommandAge): Promise<void>;
  /** Why what was passed on was refused later, for instance a frame of motion by the robot: each code a few times a second at most. */
  handleRefusal: ((topic: string, code: string, message: string) => void) | undefined;
  /** The reader is gone: what it held ends. Idempotent. */
  close(): void;
}

/** A robot as one reader of a door has it. */
export interface DoorRobot {
  /** For reading, asking, and providing services. */
  readonly graph: RosGraph;
  readonly channels: ChannelSource;
  readonly outputs: DoorOutputs;
  /** The robot's wall clock, nanoseconds since 1970. */
  nowNs(): bigint;
}
