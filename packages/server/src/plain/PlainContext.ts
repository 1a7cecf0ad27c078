import type { RosObject, Schema } from '@longline/ros';
import type { ChannelState } from '../fleet/ChannelState.ts';
import type { DeviceState } from '../fleet/DeviceState.ts';
import type { PlainCalls } from './PlainCalls.ts';
import type { PlainMotion } from './PlainMotion.ts';
import type { PlainRobot } from './PlainRobot.ts';
import type { PlainUplink } from './PlainUplink.ts';

/** The way down to one plain device. */
export interface PlainSender {
  /** One operation, as JSON text. Throws `AGENT_BUSY` while the device takes no data. */
  send(text: string): void;
  /** A `publish` of a topic that it receives. Throws the same. */
  publish(topic: string, schema: Schema, value: RosObject): void;
  /** A `status` at level `error`: the same one is told at most twice a second. */
  refuse(code: string, message: string, about: string): void;
  /** Resolves when all that was sent has reached the device. */
  reached(): Promise<void>;
}

/** What the handlers of a plain device's operations, and of requests to it, work with. */
export interface PlainContext {
  readonly device: DeviceState;
  readonly robot: PlainRobot;
  readonly motion: PlainMotion;
  readonly calls: PlainCalls;
  readonly uplink: PlainUplink;
  readonly sender: PlainSender;
  readonly channelOf: (topic: string) => ChannelState | undefined;
  /** The server's wall clock, nanoseconds since 1970. */
  readonly nowNs: () => bigint;
}
