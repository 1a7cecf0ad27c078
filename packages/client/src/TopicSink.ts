import { devicePattern } from '@longline/line';
import type { DeviceSelection } from '@longline/line';
import { RosError, topicPattern } from '@longline/ros';
import type { Channel, Message } from '@longline/ros';

/** What to receive from the fleet. */
export interface TopicQuery {
  /** A device ID, or a pattern with `*`. */
  readonly device: string;
  /** A topic pattern: `/a/b`, `/camera/**`, `{/a,/b}`. */
  readonly topic: string;
  /** At most this many messages a second of each channel, the newest kept: 0.001 to 10,000. No limit by default. */
  readonly rateHz?: number | undefined;
  /** Channels and last values only. */
  readonly once?: boolean | undefined;
  /** Channels only, no messages. */
  readonly channelsOnly?: boolean | undefined;
}

/** Told about one subscription, of one device or of many. Callbacks must not throw. */
export interface TopicListener {
  /** A message, and whose it is: last values first, then every one, in each channel's order. */
  handleMessage(message: Message, device: string): void;
  /** Called before the first message of a channel, and again when its definition changed. */
  handleChannel?(channel: Channel, device: string): void;
  /** The robot no longer sends the topic. */
  handleChannelGone?(topic: string, device: string): void;
  /** `count` further messages of a channel were dropped on the way here. */
  handleDropped?(count: number, device: string, topic: string): void;
  /**
   * All that existed when the subscription began was delivered; what follows is new. Called again after each reconnect, and
   * after a hidden page was shown: what changed meanwhile came before.
   */
  handleMark?(): void;
  /** Nothing can be received for now; the subscription goes on trying. */
  handleProblem?(error: Error): void;
}

/** Rates that the protocol can ask for, in messages a second. */
export const MIN_RATE_HZ = 0.001;
export const MAX_RATE_HZ = 10_000;

/** One local subscription. */
export class TopicSink {
  readonly listener: TopicListener;
  readonly rateHz: number | undefined;
  readonly channelsOnly: boolean;
  readonly #devices: DeviceSelection;
  readonly #matchesTopic: (topic: string) => boolean;

  /** Throws `PATTERN_INVALID`, and `PARAMETER_INVALID` for a rate out of bounds. */
  constructor(query: TopicQuery, listener: TopicListener) {
    const { rateHz } = query;
    if (rateHz !== undefined && !(rateHz >= MIN_RATE_HZ && rateHz <= MAX_RATE_HZ)) {
      throw new RosError(
        'PARAMETER_INVALID',
        `A subscription's rate must be ${MIN_RATE_HZ} to ${MAX_RATE_HZ} messages a second, not ${rateHz}. Leave it out for all messages.`,
        { details: { rateHz } },
      );
    }
    this.listener = listener;
    this.rateHz = query.rateHz;
    this.channelsOnly = query.channelsOnly ?? false;
    this.#devices = devicePattern(query.device);
    this.#matchesTopic = topicPattern(query.topic);
  }

  matches(device: string, topic: string): boolean {
    return this.#devices.matchesDevice(device) && this.#matchesTopic(topic);
  }
}
