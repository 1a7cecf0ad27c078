import type { ChannelState } from './ChannelState.ts';
import type { DeviceState } from './DeviceState.ts';

/** What happened to a device. A newer line in place of an older one is `online` again; `motion` is its lease or a waiting stop. */
export type DeviceEvent = 'online' | 'offline' | 'status' | 'clock' | 'motion';

/** Told about devices. Must not throw. */
export interface DeviceWatcher {
  handleDevice(device: DeviceState, event: DeviceEvent): void;
}

/** Which channels are meant. */
export interface ChannelSelection {
  /** The one device it is about, where it is about one. */
  readonly deviceId?: string | undefined;
  matchesDevice(id: string): boolean;
  matchesTopic(topic: string): boolean;
}

/** Told about changes of the channels that it selects. Must not throw. */
export interface ChannelWatcher extends ChannelSelection {
  /** The channel is there: first seen, back, or with a changed definition. */
  handleChannel(channel: ChannelState): void;
  /** The topic is gone from the robot. */
  handleChannelGone(channel: ChannelState): void;
}
