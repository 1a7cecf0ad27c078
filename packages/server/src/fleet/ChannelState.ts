import { MessageRecord } from '@longline/line';
import type { AdvertisedChannel } from '@longline/line';
import { Message } from '@longline/ros';
import type { Disposer } from '@longline/ros';
import type { ByteBudget } from './ByteBudget.ts';

/** Told what comes on one channel. Must not throw. */
export interface ChannelReader {
  /** The record is valid during the call only. */
  handleMessage(channel: ChannelState, record: MessageRecord): void;
  /** `count` further messages were dropped before they reached this server. */
  handleDropped(channel: ChannelState, count: number): void;
  /** How many messages a second it wants, `Infinity` without a limit, 0 for none now. */
  readonly wantedHz: number;
}

/** Smallest buffer for a last message, in bytes: most channels' messages then fit without growing. */
const SMALLEST_BUFFER = 128;
const nothing = new Uint8Array(0);
const nothingView = new DataView(nothing.buffer);

/**
 * One topic of one device: its definition, its last message and who reads it.
 *
 * The last message is copied into a buffer that is used again, so a received frame is never kept for the sake of one
 * record in it, and a steady stream allocates nothing here.
 */
export class ChannelState {
  /** As readers know it: with the fleet-wide ID and the device. A new object when the definition changed. */
  advertised: AdvertisedChannel;
  /** The line that advertised it last. */
  epoch: number;
  /** The agent's own number for it on that line. */
  localId: number;
  /** The agent withdrew it: the topic is gone from the robot. */
  gone = false;
  /** Messages received, and dropped before they reached the server, since the server started. */
  messages = 0;
  dropped = 0;
  /** Server wall time of the last message, nanoseconds since 1970; 0 before the first. */
  receiveTime = 0n;
  /** Set by the owner; called when {@link wantedHz} may have changed. */
  handleWanted: () => void = () => undefined;
  readonly #budget: ByteBudget;
  #buffer = nothing;
  #view = nothingView;
  #length = 0;
  #latest: Message | undefined;
  #readers: readonly ChannelReader[] = [];

  constructor(advertised: AdvertisedChannel, localId: number, epoch: number, budget: ByteBudget) {
    this.advertised = advertised;
    this.localId = localId;
    this.epoch = epoch;
    this.#budget = budget;
  }

  get id(): number {
    return this.advertised.id;
  }

  get topic(): string {
    return this.advertised.topic;
  }

  /** The last message as it travels, or undefined; valid until the next one comes. */
  get latestRecord(): MessageRecord | undefined {
    return this.#length === 0 ? undefined : new MessageRecord(this.#buffer, this.#view, 0, this.#length);
  }

  /** The last message, one object for all who ask; undefined before the first and when it was too large to keep. */
  get latest(): Message | undefined {
    const record = this.latestRecord;
    return record === undefined ? undefined : this.messageOf(record);
  }

  /** The present record as a message: one object for all who ask. */
  messageOf(record: MessageRecord): Message {
    if (this.#latest !== undefined) return this.#latest;
    const { sequence, logTime, publishTime } = record;
    const message = new Message(this.advertised, { sequence, logTime, publishTime, data: record.data.slice() });
    if (this.#length > 0) this.#latest = message;
    return message;
  }

  /** Takes the next message: keeps it as the last one and gives it to the readers. */
  handleMessage(record: MessageRecord, receiveTime: bigint): void {
    this.messages++;
    this.receiveTime = receiveTime;
    this.#latest = undefined;
    this.#keep(record);
    for (const reader of this.#readers) reader.handleMessage(this, record);
  }

  handleDropped(count: number): void {
    this.dropped += count;
    for (const reader of this.#readers) reader.handleDropped(this, count);
  }

  /** The definition changed: the last message was made by the old one. */
  redefine(advertised: AdvertisedChannel): void {
    this.advertised = advertised;
    this.#release();
  }

  attach(reader: ChannelReader): Disposer {
    this.#readers = [...this.#readers, reader];
    return () => {
      this.#readers = this.#readers.filter((other) => other !== reader);
      this.handleWanted();
    };
  }

  /** The highest rate that a reader wants, in Hz: `Infinity` without a limit, 0 while nobody looks. */
  get wantedHz(): number {
    let highestHz = 0;
    for (const { wantedHz } of this.#readers) highestHz = Math.max(highestHz, wantedHz);
    return highestHz;
  }

  /** Gives the memory back; for a channel that is forgotten. */
  close(): void {
    this.#release();
    this.#readers = [];
  }

  #keep(record: MessageRecord): void {
    const { length } = record;
    if (length > this.#buffer.length || length * 4 + 1024 < this.#buffer.length) {
      this.#release();
      const capacity = Math.max(SMALLEST_BUFFER, Math.ceil(length * 1.25));
      if (!this.#budget.take(capacity)) return;
      this.#buffer = new Uint8Array(capacity);
      this.#view = new DataView(this.#buffer.buffer);
    }
    this.#buffer.set(record.bytes);
    this.#length = length;
  }

  #release(): void {
    this.#budget.give(this.#buffer.length);
    this.#buffer = nothing;
    this.#view = nothingView;
    this.#length = 0;
    this.#latest = undefined;
  }
}
