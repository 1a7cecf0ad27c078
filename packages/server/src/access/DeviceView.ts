import type { DeviceRecord, LineRecord, MotionStatus } from '@longline/line';
import type { Clock, Message } from '@longline/ros';
import type { ChannelInfo } from '../fleet/ChannelInfo.ts';
import { channelInfo } from '../fleet/ChannelInfo.ts';
import type { ChannelState } from '../fleet/ChannelState.ts';
import { deviceInfo } from '../fleet/DeviceInfo.ts';
import type { DeviceInfo } from '../fleet/DeviceInfo.ts';
import { deviceLine } from '../fleet/deviceLine.ts';
import type { DeviceState, WholeDeviceRecord } from '../fleet/DeviceState.ts';
import { latestMessage, snapshotMessage } from '../fleet/LatestMessage.ts';
import type { LatestMessage } from '../fleet/LatestMessage.ts';
import type { Rights } from './Rights.ts';
import { visibleStatus } from './visibleStatus.ts';

type MotionOutput = MotionStatus['outputs'][number];

/** What one principal sees of a device. How its line is doing is told whole: sums of all channels name none. */
export class DeviceView {
  readonly id: string;
  readonly #state: DeviceState;
  readonly #rights: Rights;
  readonly #clock: Clock;

  constructor(state: DeviceState, rights: Rights, clock: Clock) {
    this.id = state.id;
    this.#state = state;
    this.#rights = rights;
    this.#clock = clock;
  }

  get online(): boolean {
    return this.#state.online;
  }

  get ros(): DeviceRecord['status']['ros'] {
    return this.#state.status.ros;
  }

  /** Grows with every line of the device. */
  get epoch(): number {
    return this.#state.epoch;
  }

  /** The robot's wall clock minus the server's, nanoseconds; 0 before it was measured. */
  get clockOffsetNs(): bigint {
    return this.#state.clock?.wallOffsetNs ?? 0n;
  }

  /** Whether something may move the robot, and whether moving it by a door takes its lease. */
  get motion(): { readonly implicitLease: boolean } | undefined {
    const { motion } = this.#state.status;
    return motion && { implicitLease: motion.implicitLease ?? false };
  }

  /** An output that moves the robot, as its status tells it; one that it does not tell of may move it as well. */
  output(kind: MotionOutput['kind'], name: string): MotionOutput | undefined {
    if (!this.#rights.knows(name)) return undefined;
    return this.#state.status.motion?.outputs.find((output) => output.kind === kind && output.name === name);
  }

  /** As readers are told (clause 9.3). */
  get record(): WholeDeviceRecord {
    const record = this.#state.record();
    return this.#rights.isUnrestricted ? record : { ...record, status: visibleStatus(this.#rights, record.status) };
  }

  get info(): DeviceInfo {
    const topics = this.#rights.isUnrestricted ? this.#state.channels.size : [...this.channels()].length;
    return deviceInfo(this.record, { boot: this.#state.boot, topics });
  }

  get line(): LineRecord {
    return deviceLine(this.#state, this.#clock);
  }

  /** The topics known, those of an offline device too. */
  *channels(): Generator<ChannelState, undefined> {
    for (const channel of this.#state.channels.values()) if (this.#rights.reads(channel.topic)) yield channel;
  }

  channel(topic: string): ChannelState | undefined {
    return this.#rights.reads(topic) ? this.#state.channels.get(topic) : undefined;
  }

  channelInfo(channel: ChannelState): ChannelInfo {
    return channelInfo(this.#state, channel);
  }

  /** Undefined before the first message, and when it was too large to keep. */
  latest(channel: ChannelState): LatestMessage | undefined {
    return latestMessage(this.#state, channel, this.#clock);
  }

  /** A message that came just now, otherwise than on its channel. */
  snapshot(message: Message): LatestMessage {
    return snapshotMessage(this.#state, message, this.#clock);
  }
}
