import { FrameBuilder, MessageRecord } from '@longline/line';
import type { AdvertisedChannel } from '@longline/line';
import { RosError } from '@longline/ros';
import type { Clock } from '@longline/ros';
import type { DeviceState } from '../fleet/DeviceState.ts';
import type { FleetState } from '../fleet/FleetState.ts';
import { commonSchema } from './commonSchema.ts';
import { bytesOf, encodingOf } from './plainMessage.ts';
import { checkRoom } from './PlainRobot.ts';
import type { PlainRobot, PlainTopic } from './PlainRobot.ts';
import { sourceTime } from './sourceTime.ts';

/** What a {@link PlainUplink} is given. */
export interface PlainUplinkOptions {
  readonly fleet: FleetState;
  readonly device: DeviceState;
  readonly robot: PlainRobot;
  readonly clock: Clock;
  /** A message came. */
  readonly handleMessage: () => void;
}

/** Brings what a plain device publishes into the fleet. */
export class PlainUplink {
  readonly #options: PlainUplinkOptions;
  readonly #builder = new FrameBuilder();

  constructor(options: PlainUplinkOptions) {
    this.#options = options;
  }

  /** `topic` is absolute. Throws `NAME_INVALID`, `TYPE_MISMATCH`, `LIMIT_EXCEEDED`. */
  advertise(topic: string, type: string, latched: boolean): PlainTopic {
    const { device, fleet, robot } = this.#options;
    const schema = fleet.schemas.shared(commonSchema(type));
    const known = robot.topics.get(topic);
    if (known !== undefined) {
      if (known.channel.schema.name === schema.name) return known;
      throw new RosError(
        'TYPE_MISMATCH',
        `${topic} is advertised as ${known.channel.schema.name}; it cannot be ${schema.name} too. Unadvertise it first.`,
        { details: { topic, type: schema.name } },
      );
    }
    checkRoom(robot.topics, 'topics that it publishes');
    const channel: AdvertisedChannel = {
      id: robot.nextChannelId(),
      topic,
      schema,
      encoding: encodingOf(schema),
      latched,
      lane: 'state',
      delivery: 'latest',
    };
    const added = { channel, sequence: 0 };
    robot.topics.set(topic, added);
    fleet.advertise(device, channel);
    return added;
  }

  unadvertise(topic: string): void {
    const { device, fleet, robot } = this.#options;
    if (!robot.topics.delete(topic)) return;
    const channel = device.channels.get(topic);
    if (channel !== undefined) fleet.unadvertise(device, channel);
  }

  /** Throws `MESSAGE_INVALID`: then nothing of it is kept. */
  publish(topic: PlainTopic, message: unknown): void {
    const { clock, device, handleMessage } = this.#options;
    const { channel } = topic;
    const data = bytesOf(channel.schema, message);
    const logTime = clock.wallNs();
    const sequence = topic.sequence;
    topic.sequence = (sequence + 1) % 2 ** 32;
    this.#builder.appendMessage(channel.id, {
      sequence,
      logTime,
      publishTime: sourceTime(channel, data, logTime),
      data,
    });
    const frame = this.#builder.take();
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    handleMessage();
    device.channels.get(channel.topic)?.handleMessage(new MessageRecord(frame, view, 0, frame.length), logTime);
  }
}
