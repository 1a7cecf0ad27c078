import type { Clock, Message } from '@longline/ros';
import type { ChannelState } from './ChannelState.ts';
import type { DeviceState } from './DeviceState.ts';

/** The last message of a channel. */
export interface LatestMessage {
  readonly device: string;
  readonly topic: string;
  readonly message: Message;
  /** When the server received it, nanoseconds since 1970 on the server's clock. */
  readonly receiveTime: bigint;
  /** How long ago the robot received it, in milliseconds, the difference of the clocks taken off; never below 0. */
  readonly ageMs: number;
}

/** Undefined before the first message, and when it was too large to keep. */
export function latestMessage(device: DeviceState, channel: ChannelState, clock: Clock): LatestMessage | undefined {
  const message = channel.latest;
  return message && withAge(device, message, channel.receiveTime, clock);
}

/** A message that came just now, otherwise than on its channel. */
export const snapshotMessage = (device: DeviceState, message: Message, clock: Clock): LatestMessage =>
  withAge(device, message, clock.wallNs(), clock);

function withAge(device: DeviceState, message: Message, receiveTime: bigint, clock: Clock): LatestMessage {
  const nowNs = clock.wallNs();
  // Before the clocks were compared only the time since it came here is known.
  const { wallOffsetNs } = device.clock ?? { wallOffsetNs: message.logTime - receiveTime };
  const ageMs = Math.max(0, Number(nowNs + wallOffsetNs - message.logTime) / 1e6);
  return { device: device.id, topic: message.channel.topic, message, receiveTime, ageMs };
}
