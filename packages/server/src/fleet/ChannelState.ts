import { MessageRecord } from '@longline/line';
import type { AdvertisedChannel } from '@longline/line';
import { Message } from '@longline/ros';
import type { Disposer } from '@longline/ros';
import type { ByteBudget } from './ByteBudget.ts';
import type { RecordSlab, SlabPage } from './RecordSlab.ts';

/** Told what comes on one channel. Must not throw. */
export interface ChannelReader {
  /** The record is valid during the call only. */
  handleMessage(channel: ChannelState, record: MessageRecord): void;
  /** `count` further messages were dropped before they reached this server. */
  handleDropped(channel: ChannelState, count: number): void;
  /** How many messages a second it wants, `Infinity` without a limit, 0 for none now. */
  readonly wantedHz: number;
}

/** What a channel needs of the device it belongs to. */
export interface ChannelOwner {
  readonly id: string;
  /** How much of the last messages may be kept, and where. */
  readonly latestBytes: ByteBudget;
  readonly records: RecordSlab;
  /** How often readers want the channel's messages may have changed. */
  handleWanted(channel: ChannelState): void;
}

/** Most channels have no reader, and share this. */
const nobody: readonly ChannelReader[] = [];

/**
 * One topic of one device: its definition, its last message and who reads it.
 *
 * The last message is copied into memory that is used again, so a received frame is never kept for the sake of one
 * record in it, and a steady stream allocates nothing here. A fleet has very many channels that say little: what an equal
 * robot advertised alike is one object for both, and there is none for what nobody asked for yet.
 */
export class ChannelState {
  /** Its number for readers, in the whole fleet. */
  readonly id: number;
  /** The line that advertised it last. */
  epoch: number;
  /** The agent withdrew it: the topic is gone from the robot. */
  gone = false;
  /** Messages received, and dropped before they reached the server, since the server started. */
  messages = 0;
  dropped = 0;
  /** Server wall time of the last message, nanoseconds since 1970; 0 before the first. */
  receiveTime = 0n;
  readonly #owner: ChannelOwner;
  #described: AdvertisedChannel;
  #advertised: AdvertisedChannel | undefined;
  #page: SlabPage | undefined;
  #start = 0;
  #length = 0;
  #latest: Message | undefined;
  #readers = nobody;

  /** `described` is as the agent advertised it. */
  constructor(owner: ChannelOwner, id: number, described: AdvertisedChannel, epoch: number) {
    this.#owner = owner;
    this.id = id;
    this.#described = described;
    this.epoch = epoch;
  }

  get topic(): string {
    return this.#described.topic;
  }

  /** As the agent advertised it, with the number that it has on the agent's line. */
  get described(): AdvertisedChannel {
    return this.#described;
  }

  /** The agent's own number for it, on the line that advertised it last. */
  get localId(): number {
    return this.#described.id;
  }

  /** As readers know it: with the fleet-wide ID and the device. A new object when what it says changed. */
  get advertised(): AdvertisedChannel {
    return (this.#advertised ??= { ...this.#described, id: this.id, device: this.#owner.id });
  }

  /** The last message as it travels, or undefined; to be read at once, before anything else comes. */
  get latestRecord(): MessageRecord | undefined {
    const page = this.#page;
    if (page === undefined || this.#length === 0) return undefined;
    return new MessageRecord(page.bytes, page.view, this.#start, this.#start + this.#length);
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

  /**
   * Takes the next message: keeps it as the last one and gives it to the readers. The last one again is no news: a robot
   * sends that of a latched topic on every line.
   */
  handleMessage(record: MessageRecord, receiveTime: bigint): void {
    const last = this.latestRecord;
    if (last?.sequence === record.sequence && last.logTime === record.logTime) return;
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

  /**
   * The agent advertised it again, says whether anything changed but its number on the line. With another definition or
   * encoding the last message goes: it was made by the old one.
   */
  describe(described: AdvertisedChannel): boolean {
    const before = this.#described;
    this.#described = described;
    if (before.schema !== described.schema || before.encoding !== described.encoding) this.#release();
    else if (isAlike(before, described)) return false;
    this.#advertised = undefined;
    return true;
  }

  attach(reader: ChannelReader): Disposer {
    this.#readers = [...this.#readers, reader];
    return () => {
      this.#readers = this.#readers.filter((other) => other !== reader);
      this.handleWanted();
    };
  }

  /** For the readers: {@link wantedHz} may have changed. */
  handleWanted(): void {
    this.#owner.handleWanted(this);
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
    this.#readers = nobody;
  }

  #keep(record: MessageRecord): void {
    const { length } = record;
    const slotBytes = this.#page?.slotBytes ?? 0;
    if (length > slotBytes || length * 4 + 1024 < slotBytes) {
      this.#release();
      const { page, start } = this.#owner.records.take(length);
      if (!this.#owner.latestBytes.take(page.slotBytes)) {
        this.#owner.records.give(page, start);
        return;
      }
      this.#page = page;
      this.#start = start;
    }
    this.#page?.bytes.set(record.bytes, this.#start);
    this.#length = length;
  }

  #release(): void {
    if (this.#page !== undefined) {
      this.#owner.latestBytes.give(this.#page.slotBytes);
      this.#owner.records.give(this.#page, this.#start);
    }
    this.#page = undefined;
    this.#start = this.#length = 0;
    this.#latest = undefined;
  }
}

/** Whether two descriptions of one topic with one definition say the same, whatever their numbers. */
const isAlike = (a: AdvertisedChannel, b: AdvertisedChannel): boolean =>
  a.latched === b.latched && a.lane === b.lane && a.delivery === b.delivery && a.demand === b.demand;
