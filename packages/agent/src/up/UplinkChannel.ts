import type { AdvertisedChannel, Outbox } from '@longline/line';
import { RosError, sourceStamp } from '@longline/ros';
import type { Channel, Clock, Log, Message, RosGraph } from '@longline/ros';
import type { RosTime } from '../robot/RosTime.ts';
import type { ChannelIdentity } from './ChannelIds.ts';
import type { ChannelPlan } from './ChannelPlan.ts';
import { TopicIntake } from './TopicIntake.ts';

/** What the line carries of a channel (docs/protocol.md, clause 3): a server ends the line for more. */
const MAX_TOPIC_LENGTH = 1_024;
const MAX_TYPE_LENGTH = 512;
const MAX_DEFINITION_LENGTH = 1024 * 1024;
const MAX_DEFINITION_JSON_BYTES = 2 * 1024 * 1024 - 4 * 1024;

/** What an {@link UplinkChannel} is given. */
export interface UplinkChannelOptions {
  readonly graph: RosGraph;
  readonly identity: ChannelIdentity;
  readonly topic: string;
  /** How a topic of a type travels; undefined where it stays on the robot. */
  readonly planFor: (type: string | undefined) => ChannelPlan | undefined;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly rosTime: RosTime;
  readonly log: Log;
  /** The channel is known, or has another definition now. */
  readonly handleAdvertise: (channel: AdvertisedChannel) => void;
  /** The topic's type is known now, and topics of that type stay on the robot: close this. */
  readonly handleExcluded: () => void;
  /** A message waits in the outbox. */
  readonly handleQueued: (urgent: boolean) => void;
}

/** One topic on its way up: a subscription in ROS, a channel in the outbox and on the line. */
export class UplinkChannel {
  readonly #options: UplinkChannelOptions;
  readonly #intake: TopicIntake;
  #plan: ChannelPlan | undefined;
  #channel: Channel | undefined;
  #advertised: AdvertisedChannel | undefined;
  #lastProblem = '';
  #closed = false;

  constructor(options: UplinkChannelOptions) {
    this.#options = options;
    this.#intake = new TopicIntake({
      graph: options.graph,
      clock: options.clock,
      topic: options.topic,
      handleChannel: (channel) => this.#handleChannel(channel),
      handleMessage: (message) => this.#handleMessage(message),
      handleProblem: (error) => this.#handleProblem(error),
    });
  }

  /** As it is advertised on lines; undefined until ROS told the definition. */
  get advertised(): AdvertisedChannel | undefined {
    return this.#advertised;
  }

  /** Begins to receive; `type` as the graph knows it so far. */
  start(type: string | undefined): void {
    this.#intake.open(this.#options.planFor(type)?.rateHz);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#intake.close();
    this.#options.outbox.closeChannel(this.#options.identity.id);
  }

  #handleChannel(channel: Channel): void {
    if (this.#closed) return;
    const { identity, outbox, handleAdvertise } = this.#options;
    if (isSameChannel(this.#channel, channel)) {
      this.#channel = channel;
      return;
    }
    const plan = this.#options.planFor(channel.schema.name);
    if (plan === undefined) {
      this.#plan = undefined;
      return this.#options.handleExcluded();
    }
    this.#channel = channel;
    this.#plan = plan;
    const fault = faultForTheLine(channel);
    if (fault !== undefined) {
      outbox.closeChannel(identity.id);
      this.#handleProblem(new RosError('NOT_SUPPORTED', fault, { details: { topic: channel.topic } }));
      return;
    }
    this.#lastProblem = '';
    // What waits was written by the definition before, which the line is about to forget.
    outbox.closeChannel(identity.id);
    outbox.openChannel(identity.id, plan.lane, plan.delivery);
    this.#advertised = { ...channel, id: identity.id, lane: plan.lane, delivery: plan.delivery };
    handleAdvertise(this.#advertised);
    // Until the type was known no rule for types held: its rate limit may be another one.
    this.#intake.open(plan.rateHz);
  }

  #handleMessage(message: Message): void {
    if (this.#closed) return;
    if (message.channel !== this.#channel) this.#handleChannel(message.channel);
    const plan = this.#plan;
    if (plan === undefined) return;
    const { identity, outbox, handleQueued } = this.#options;
    const sequence = identity.nextSequence;
    identity.nextSequence = (sequence + 1) >>> 0;
    outbox.push(identity.id, {
      sequence,
      logTime: message.logTime,
      publishTime: this.#publishTime(message),
      data: outbox.blocked ? compact(message.data) : message.data,
    });
    handleQueued(plan.lane === 'control');
  }

  /** Where a message carries no time of its own, ROS's time now is the best there is. */
  #publishTime(message: Message): bigint {
    if (message.publishTime !== message.logTime) return message.publishTime;
    return sourceStamp(message.channel, message.data) ?? this.#options.rosTime.simulatedNs ?? message.publishTime;
  }

  #handleProblem(error: unknown): void {
    const problem = error instanceof Error ? error.message : String(error);
    if (problem === this.#lastProblem) return;
    this.#lastProblem = problem;
    this.#options.log.warn({ topic: this.#options.topic, err: error }, 'a topic cannot be received now');
  }
}

/** What waits long must not keep the large receive buffer alive that it is a small part of. */
const compact = (data: Uint8Array): Uint8Array =>
  data.buffer.byteLength > 2 * data.length + 1_024 ? data.slice() : data;

const isSameChannel = (a: Channel | undefined, b: Channel): boolean =>
  a === b ||
  (a !== undefined &&
    a.encoding === b.encoding &&
    a.latched === b.latched &&
    a.schema.name === b.schema.name &&
    a.schema.encoding === b.schema.encoding &&
    a.schema.text === b.schema.text);

const encoder = new TextEncoder();

/** Why a channel cannot be advertised, in a sentence, or undefined. */
function faultForTheLine({ topic, schema }: Channel): string | undefined {
  if (topic.length > MAX_TOPIC_LENGTH)
    return `The topic's name has ${topic.length} characters; a line carries ${MAX_TOPIC_LENGTH}.`;
  if (schema.name.length > MAX_TYPE_LENGTH)
    return `The type's name has ${schema.name.length} characters; a line carries ${MAX_TYPE_LENGTH}.`;
  const { length } = schema.text;
  if (length <= MAX_DEFINITION_LENGTH / 6) return undefined;
  if (
    length <= MAX_DEFINITION_LENGTH &&
    encoder.encode(JSON.stringify(schema.text)).length <= MAX_DEFINITION_JSON_BYTES
  )
    return undefined;
  return `The definition of ${schema.name} has ${length} characters; a line carries ${MAX_DEFINITION_LENGTH}.`;
}
