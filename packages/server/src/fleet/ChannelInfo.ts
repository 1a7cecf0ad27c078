import type { Delivery, Lane } from '@longline/line';
import type { Encoding } from '@longline/ros';
import type { ChannelState } from './ChannelState.ts';
import type { DeviceState } from './DeviceState.ts';

/** One topic of a device as it is now. */
export interface ChannelInfo {
  readonly topic: string;
  readonly type: string;
  readonly encoding: Encoding;
  readonly latched: boolean;
  readonly lane: Lane;
  readonly delivery: Delivery;
  /** `watched`: messages come only while somebody looks, so silence is no fault. */
  readonly demand: 'always' | 'watched';
  /** The robot is online and has the topic. */
  readonly live: boolean;
  /** Messages received since the server started, and dropped on the way here. */
  readonly messages: number;
  readonly dropped: number;
}

export function channelInfo(device: DeviceState, channel: ChannelState): ChannelInfo {
  const { topic, schema, encoding, latched, lane, delivery, demand = 'always' } = channel.described;
  return {
    topic,
    type: schema.name,
    encoding,
    latched,
    lane,
    delivery,
    demand,
    live: device.online && !channel.gone && channel.epoch === device.epoch,
    messages: channel.messages,
    dropped: channel.dropped,
  };
}
