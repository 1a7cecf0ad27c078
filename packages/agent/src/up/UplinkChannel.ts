import type { AdvertisedChannel, Lane, Outbox } from '@longline/line';
import { RosError, sameType, sourceStamp } from '@longline/ros';
import type { Channel, Clock, Log, Message, MessageParts, RosGraph } from '@longline/ros';
import type { RosTime } from '../robot/RosTime.ts';
import type { LaneAllowance } from './budgetTable.ts';
import type { ChannelIdentity } from './ChannelIds.ts';
import type { ChannelPlan } from './ChannelPlan.ts';
import { faultForLine } from './faultForLine.ts';
import type { LatchedBytes } from './LatchedBytes.ts';
import { isLatched, LatchedMessage } from './LatchedMessage.ts';
import { TopicIntake } from './TopicIntake.ts';

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
  readonly latchedBytes: LatchedBytes;
  /** What the data budget leaves of a lane now. */
  readonly allowance: (lane: Lane) => LaneAllowance;
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
  readonly #latched: LatchedMessage;
  #plan: ChannelPlan | undefined;
  #channel: Channel | undefined;
  #advertised: AdvertisedChannel | undefined;
  /** The rate at which somebody looks, in Hz; counts for `watched` channels. */
  #demandHz = 0;
  /** Counts messages, where the budget leaves one of so many. */
  #count = 0;
  /** Something was put into the outbox since the last line ended. */
  #pushedSinceLine = false;
  #lastProblem = '';
  #closed = false;

  constructor(options: UplinkChannelOptions) {
    this.#options = options;
    this.#latched = new LatchedMessage(options.latchedBytes);
    this.#intake = new TopicIntake({
      graph: options.graph,
      clock: options.clock,
      topic: options.topic,
      handleChannel: (channel) => this.#handleChannel(channel),
      handleMessage: (message) => this.#handleMessage(message),
      handleProblem: (error) => this.#handleProblem(error),
    });
  }

  /** Its number on lines. */
  get id(): number {
    return this.#options.identity.id;
  }

  /** As it is advertised on lines; undefined until ROS told the definition. */
  get advertised(): AdvertisedChannel | undefined {
    return this.#advertised;
  }

  /** Begins to receive; `type` as the graph knows it so far. */
  start(type: string | undefined): void {
    this.#intake.open(this.#options.planFor(type)?.rateHz);
  }

  /** The graph says of which type the topic is. While nobody looks that is the only news of another definition. */
  handleType(type: string): void {
    if (this.#channel === undefined || this.#intake.isOpen || sameType(this.#channel.schema.name, type)) return;
    this.#channel = undefined;
    this.start(type);
  }

  /** Somebody looks at the channel, at `rateHz` at most (`Infinity`: no limit), or nobody (0). */
  handleDemand(rateHz: number): void {
    this.#demandHz = rateHz;
    this.#aim();
  }

  /** The data budget leaves more or less than before. */
  handleAllowance(): void {
    if (this.#advertised !== undefined && this.#advertised.demand !== this.#demand) this.#advertise();
    this.#aim();
  }

  /** A line opened and knows the channel: what it may lack of a latched topic goes first. */
  handleLineOpen(): void {
    const { kept } = this.#latched;
    // What was put into the outbox since the last line waits there, and is the newest.
    if (kept !== undefined && !this.#pushedSinceLine) this.#push(kept);
  }

  handleLineClosed(): void {
    this.#pushedSinceLine = false;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#intake.close();
    this.#latched.clear();
    this.#options.outbox.closeChannel(this.#options.identity.id);
  }

  /** As it is advertised: `watched`, by its plan or for the sake of the budget, or undefined. */
  get #demand(): 'watched' | undefined {
    if (this.#plan === undefined) return undefined;
    const { demand, lane } = this.#plan;
    return demand === 'watched' || this.#options.allowance(lane).watchedOnly ? 'watched' : undefined;
  }

  #advertise(): void {
    if (this.#channel === undefined || this.#plan === undefined) return;
    const { lane, delivery } = this.#plan;
    const demand = this.#demand;
    this.#advertised = { ...this.#channel, id: this.id, lane, delivery, ...(demand === undefined ? {} : { demand }) };
    this.#options.handleAdvertise(this.#advertised);
  }

  /** Receives from ROS what is to be sent, no more. */
  #aim(): void {
    // Until ROS told the definition there is no channel that somebody could look at.
    if (this.#closed || this.#plan === undefined || this.#channel === undefined) return;
    const { lane, rateHz = Number.POSITIVE_INFINITY } = this.#plan;
    const allowedHz = Math.min(rateHz, this.#options.allowance(lane).rateHz);
    const wantedHz = this.#demand === 'watched' ? Math.min(allowedHz, this.#demandHz) : allowedHz;
    if (wantedHz > 0) {
      this.#intake.open(Number.isFinite(wantedHz) ? wantedHz : undefined);
    } else {
      this.#intake.close();
      this.#latched.clear();
    }
  }

  #handleChannel(channel: Channel): void {
    if (this.#closed) return;
    const { identity, outbox } = this.#options;
    if (isSameChannel(this.#channel, channel)) {
      this.#channel = channel;
      return;
    }
    this.#plan = this.#options.planFor(channel.schema.name);
    const plan = this.#plan;
    if (plan === undefined) return this.#options.handleExcluded();
    this.#channel = channel;
    // What waits was written by the definition before, which the line is about to forget.
    outbox.closeChannel(identity.id);
    this.#latched.clear();
    const fault = faultForLine(channel);
    if (fault !== undefined) {
      this.#handleProblem(new RosError('NOT_SUPPORTED', fault, { details: { topic: channel.topic } }));
      return;
    }
    this.#lastProblem = '';
    this.#openOutbox(plan);
    this.#advertise();
    this.#aim();
  }

  #openOutbox(plan: ChannelPlan): void {
    this.#options.outbox.openChannel(this.#options.identity.id, plan);
  }

  #handleMessage(message: Message): void {
    if (this.#closed) return;
    if (message.channel !== this.#channel) this.#handleChannel(message.channel);
    const channel = this.#channel;
    // A channel that is not looked at is received until it is known; its messages are nobody's.
    if (channel === undefined || this.#plan === undefined || !this.#intake.isOpen) return;
    const { identity, outbox, allowance } = this.#options;
    const keeps = isLatched(channel);
    // A message that is published once is not one of many.
    if (!keeps && this.#count++ % allowance(this.#plan.lane).oneOf !== 0) return;
    const sequence = identity.nextSequence;
    identity.nextSequence = (sequence + 1) >>> 0;
    const parts = {
      sequence,
      logTime: message.logTime,
      publishTime: this.#publishTime(message),
      data: keeps || outbox.blocked ? compact(message.data) : message.data,
    };
    this.#push(keeps ? this.#latched.take(channel, parts) : parts);
  }

  #push(parts: MessageParts): void {
    const { identity, outbox, handleQueued } = this.#options;
    outbox.push(identity.id, parts);
    this.#pushedSinceLine = true;
    handleQueued(this.#plan?.lane === 'control');
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
