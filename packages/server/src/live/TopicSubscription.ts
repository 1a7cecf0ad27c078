import { devicePattern } from '@longline/line';
import type { DeviceSelection, SubscribeRecord } from '@longline/line';
import { topicPattern } from '@longline/ros';
import type { Disposer } from '@longline/ros';
import type { ChannelState } from '../fleet/ChannelState.ts';
import type { ChannelWatcher } from '../fleet/FleetWatcher.ts';

/** What one `topics` subscription of a reader is about (clause 9.2). */
export class TopicSubscription implements ChannelWatcher {
  readonly rateHz: number | undefined;
  readonly once: boolean;
  readonly channelsOnly: boolean;
  /** Set by the owner: ends the watch. */
  stop: Disposer = () => undefined;
  readonly #listener: Pick<ChannelWatcher, 'handleChannel' | 'handleChannelGone'>;
  readonly #devices: DeviceSelection;
  readonly #matchesTopic: (topic: string) => boolean;
  #ended = false;

  /** Throws `PATTERN_INVALID`. */
  constructor(
    record: Extract<SubscribeRecord, { kind: 'topics' }>,
    listener: Pick<ChannelWatcher, 'handleChannel' | 'handleChannelGone'>,
  ) {
    this.rateHz = record.rateHz;
    this.once = record.once ?? false;
    this.channelsOnly = record.channelsOnly ?? false;
    this.#listener = listener;
    this.#devices = devicePattern(record.device);
    this.#matchesTopic = topicPattern(record.topic);
  }

  get deviceId(): string | undefined {
    return this.#devices.deviceId;
  }

  get ended(): boolean {
    return this.#ended;
  }

  matches({ advertised }: ChannelState): boolean {
    return this.matchesDevice(advertised.device ?? '') && this.matchesTopic(advertised.topic);
  }

  matchesDevice(id: string): boolean {
    return this.#devices.matchesDevice(id);
  }

  matchesTopic(topic: string): boolean {
    return this.#matchesTopic(topic);
  }

  handleChannel(channel: ChannelState): void {
    this.#listener.handleChannel(channel);
  }

  handleChannelGone(channel: ChannelState): void {
    this.#listener.handleChannelGone(channel);
  }

  end(): void {
    this.#ended = true;
    this.stop();
  }
}
