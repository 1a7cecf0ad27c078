import type { Clock, MessageParts } from '@longline/ros';
import { lanes } from './channelRecords.ts';
import type { Delivery, Lane } from './channelRecords.ts';
import { Fifo } from './Fifo.ts';
import type { FrameBuilder } from './FrameBuilder.ts';
import { messageBody } from './messageBody.ts';
import { PartedRecord } from './PartedRecord.ts';
import { MESSAGE_HEADER_BYTES, RECORD_HEADER_BYTES, recordKinds } from './recordKinds.ts';

const RECORD_OVERHEAD = MESSAGE_HEADER_BYTES + RECORD_HEADER_BYTES;

/** Bounds of an outbox. */
export interface OutboxLimits {
  /** Bytes of all waiting messages; beyond it the oldest of the least urgent lane go. Default 64 MiB. */
  readonly maxBytes: number;
  /** Messages that a `queue` channel keeps while the line cannot take them; beyond it its oldest go. Default 100. */
  readonly queueDepth: number;
}

export const defaultOutboxLimits: OutboxLimits = { maxBytes: 64 * 1024 * 1024, queueDepth: 100 };

/** How a channel's messages wait. */
export interface OutboxChannel {
  readonly lane: Lane;
  readonly delivery: Delivery;
  /** Messages that waited longer are dropped unsent, in milliseconds. No bound by default. */
  readonly maxAgeMs?: number | undefined;
}

/** What a frame may take. */
export interface FillOptions {
  /** The frame takes messages until it has about so many bytes. */
  readonly maxBytes: number;
  /** Messages of more bytes leave in parts of `partBytes`. */
  readonly cutBytes: number;
  readonly partBytes: number;
  /** The least urgent lane that may leave now; its messages, and those of more urgent lanes. */
  readonly lowest: Lane;
  /** The most urgent lane of this frame; `control` by default. */
  readonly highest?: Lane;
  /** Large messages wait for another socket. */
  readonly smallOnly?: boolean;
  /** Large messages and the bulk lane only. */
  readonly largeOnly?: boolean;
  /** Channels that this frame may take; all by default. */
  readonly mayTake?: (id: number) => boolean;
  /** A lane that waited so long without a turn takes one before all others, in milliseconds. */
  readonly starvedAfterMs: number;
}

/** Told what leaves. */
export interface OutboxListener {
  /** A whole message was written into the frame. */
  handleTaken(id: number, lane: Lane, message: MessageParts): void;
  /** A part of a large message was. */
  handlePart(lane: Lane, bytes: number): void;
  /** A message may get a place in the frame otherwise than as a plain record. True when it did. */
  place?(id: number, message: MessageParts): boolean;
  /** Bytes of the messages placed so. */
  placedBytes?(): number;
  /** The body of a packed record for a large message, where that pays. */
  packLarge?(id: number, message: MessageParts): Uint8Array | undefined;
}

interface Waiting {
  readonly id: number;
  readonly lane: number;
  readonly delivery: Delivery;
  readonly maxAgeMs: number;
  readonly messages: Fifo<MessageParts>;
  /** When each waiting message came, where that counts. */
  readonly times: Fifo<number> | undefined;
  /** The message that is leaving in parts. */
  parted: PartedRecord | undefined;
  dropped: number;
  /** It stands in its lane's queue of channels. */
  queued: boolean;
}

const laneNumbers: Readonly<Record<Lane, number>> = { control: 0, state: 1, telemetry: 2, bulk: 3 };
const BULK = laneNumbers.bulk;

/** One lane: the channels with something to send, in the order of their turns. */
class LaneQueue {
  readonly ready = new Fifo<Waiting>();
  bytes = 0;
  /** Messages dropped since the outbox was made. */
  dropped = 0;
  /** When it last had a turn, or began to wait. */
  servedMs = 0;
}

/**
 * Messages that wait for the line: one queue per channel, channels of a lane take turns, an urgent lane goes first.
 *
 * While the line takes everything nothing is replaced. Where a lane is blocked (the window is full, or there is no line) a
 * `latest` channel keeps its newest message and a `queue` channel its newest `queueDepth`. Order is kept within a channel.
 */
export class Outbox {
  readonly #clock: Clock;
  readonly #limits: OutboxLimits;
  readonly #channels = new Map<number, Waiting>();
  readonly #lanes = lanes.map(() => new LaneQueue());
  #bytes = 0;
  #droppedTotal = 0;
  #anyDropped = false;
  #anyParted = false;
  #transfers = 0;
  /** Lanes from this number on are blocked. */
  #blockedFrom = 0;

  /** Messages above this many bytes cannot travel and are dropped; the line sets it from the welcome. */
  maxMessageBytes = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, limits: Partial<OutboxLimits> = {}) {
    this.#clock = clock;
    this.#limits = { ...defaultOutboxLimits, ...limits };
  }

  /** Bytes of all waiting messages. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes that wait in one lane. */
  laneBytes(lane: Lane): number {
    return this.#lanes[laneNumbers[lane]]!.bytes;
  }

  /** Messages of one lane dropped since the outbox was made. */
  laneDropped(lane: Lane): number {
    return this.#lanes[laneNumbers[lane]]?.dropped ?? 0;
  }

  /** Messages dropped since the outbox was made. */
  get droppedTotal(): number {
    return this.#droppedTotal;
  }

  /** Nothing leaves now. */
  get blocked(): boolean {
    return this.#blockedFrom === 0;
  }

  /** A number for a record that leaves in parts, the line's own included. Unsigned 32 bits, wraps. */
  readonly nextTransfer = (): number => (this.#transfers = (this.#transfers + 1) >>> 0);

  openChannel(id: number, { lane, delivery, maxAgeMs }: OutboxChannel): void {
    this.#channels.set(id, {
      id,
      lane: laneNumbers[lane],
      delivery,
      maxAgeMs: maxAgeMs ?? Number.POSITIVE_INFINITY,
      messages: new Fifo(),
      times: maxAgeMs === undefined ? undefined : new Fifo(),
      parted: undefined,
      dropped: 0,
      queued: false,
    });
  }

  /** Forgets the channel and what waits of it. */
  closeChannel(id: number): void {
    const channel = this.#channels.get(id);
    if (channel === undefined) return;
    this.#channels.delete(id);
    while (channel.messages.length > 0) this.#remove(channel);
    this.#endParted(channel);
  }

  /** Takes a message in. Unknown channels are ignored. */
  push(id: number, message: MessageParts): void {
    const channel = this.#channels.get(id);
    if (channel === undefined) return;
    const bytes = message.data.length + RECORD_OVERHEAD;
    if (bytes > this.maxMessageBytes || bytes > this.#limits.maxBytes) {
      this.#countDrop(channel);
      return;
    }
    const kept = channel.lane >= this.#blockedFrom ? this.#keptWhileBlocked(channel) : Number.POSITIVE_INFINITY;
    while (channel.messages.length >= kept) this.#drop(channel);
    if (!this.#makeRoom(bytes, channel.lane)) {
      this.#countDrop(channel);
      return;
    }
    const lane = this.#lanes[channel.lane]!;
    if (lane.ready.length === 0) lane.servedMs = this.#clock.monotonicMs();
    channel.messages.push(message);
    channel.times?.push(this.#clock.monotonicMs());
    this.#bytes += bytes;
    lane.bytes += bytes;
    if (!channel.queued) this.#enqueue(channel);
  }

  /** Lanes less urgent than `lowest` are blocked from now on; undefined blocks all. */
  block(lowest: Lane | undefined): void {
    const from = lowest === undefined ? 0 : laneNumbers[lowest] + 1;
    if (from === this.#blockedFrom) return;
    const before = this.#blockedFrom;
    this.#blockedFrom = from;
    for (let lane = from; lane < before; lane++) this.#trim(lane);
  }

  /** The line ended: what left in parts and did not all leave is dropped. */
  handleLineClosed(): void {
    this.block(undefined);
    if (!this.#anyParted) return;
    this.#anyParted = false;
    for (const channel of this.#channels.values()) {
      if (channel.parted === undefined) continue;
      this.#endParted(channel);
      this.#countDrop(channel);
    }
  }

  /** Something waits that the options let leave. */
  hasWaiting(lowest: Lane, highest: Lane = 'control'): boolean {
    for (let lane = laneNumbers[highest]; lane <= laneNumbers[lowest]; lane++)
      if (this.#lanes[lane]!.bytes > 0) return true;
    return false;
  }

  /** Adds waiting messages to the frame, most urgent lane first; a part of a large one goes alone. */
  fill(frame: FrameBuilder, options: FillOptions, listener: OutboxListener): void {
    const nowMs = this.#clock.monotonicMs();
    const first = laneNumbers[options.highest ?? 'control'];
    const last = laneNumbers[options.lowest];
    for (let lane = last; lane > first; lane--) {
      const starved = this.#lanes[lane]!;
      if (starved.bytes === 0 || nowMs - starved.servedMs < options.starvedAfterMs) continue;
      if (this.#fillFrom(lane, frame, starvedTurn(options), listener, nowMs)) return;
    }
    for (let lane = first; lane <= last; lane++) if (this.#fillFrom(lane, frame, options, listener, nowMs)) return;
  }

  /** The drops of each channel since the last call. */
  takeDropped(): { readonly channel: number; readonly count: number }[] {
    if (!this.#anyDropped) return [];
    this.#anyDropped = false;
    const drops: { channel: number; count: number }[] = [];
    for (const channel of this.#channels.values()) {
      if (channel.dropped > 0) drops.push({ channel: channel.id, count: channel.dropped });
      channel.dropped = 0;
    }
    return drops;
  }

  /** Takes from one lane. True when the frame is full. */
  #fillFrom(
    number: number,
    frame: FrameBuilder,
    options: FillOptions,
    listener: OutboxListener,
    nowMs: number,
  ): boolean {
    const lane = this.#lanes[number]!;
    const { maxBytes, cutBytes } = options;
    // Channels that this frame may not take are put behind the others, once.
    let passes = lane.ready.length;
    for (;;) {
      const channel = lane.ready.first;
      if (channel === undefined) return false;
      this.#expire(channel, nowMs);
      const message = channel.messages.first;
      if (channel.parted === undefined && message === undefined) {
        this.#dequeue(lane);
        continue;
      }
      const bytes = message === undefined ? 0 : message.data.length + RECORD_OVERHEAD;
      const isLarge = channel.parted !== undefined || bytes > cutBytes;
      const isOfOtherSize = isLarge ? options.smallOnly === true : options.largeOnly === true && number < BULK;
      if (isOfOtherSize || options.mayTake?.(channel.id) === false) {
        if (--passes <= 0) return false;
        this.#dequeue(lane);
        this.#enqueue(channel);
        continue;
      }
      const filled = frame.length + (listener.placedBytes?.() ?? 0);
      if (filled > 0 && (isLarge || filled + bytes > maxBytes)) return true;
      lane.servedMs = nowMs;
      this.#dequeue(lane);
      if (isLarge) {
        listener.handlePart(lanes[number]!, this.#writePart(channel, frame, options.partBytes, listener));
      } else if (message !== undefined) {
        this.#remove(channel);
        if (listener.place?.(channel.id, message) !== true) frame.appendMessage(channel.id, message);
        listener.handleTaken(channel.id, lanes[number]!, message);
      }
      if (channel.messages.length > 0 || channel.parted !== undefined) this.#enqueue(channel);
      if (isLarge) return true;
    }
  }

  /** Writes the next part and says how many bytes of the message it has. */
  #writePart(channel: Waiting, frame: FrameBuilder, maxBytes: number, listener: OutboxListener): number {
    if (channel.parted === undefined) {
      const message = channel.messages.first!;
      const packed = listener.packLarge?.(channel.id, message);
      this.#remove(channel);
      channel.parted =
        packed === undefined
          ? new PartedRecord(this.nextTransfer(), recordKinds.message, messageBody(channel.id, message))
          : new PartedRecord(this.nextTransfer(), recordKinds.packed, [packed]);
      this.#anyParted = true;
      this.#forget(channel, -channel.parted.length);
    }
    const before = channel.parted.remainingBytes;
    const isLast = channel.parted.writeNext(frame, maxBytes);
    const bytes = before - channel.parted.remainingBytes;
    this.#forget(channel, bytes);
    if (isLast) channel.parted = undefined;
    return bytes;
  }

  #endParted(channel: Waiting): void {
    if (channel.parted !== undefined) this.#forget(channel, channel.parted.remainingBytes);
    channel.parted = undefined;
  }

  #expire(channel: Waiting, nowMs: number): void {
    if (channel.times === undefined) return;
    for (;;) {
      const atMs = channel.times.first;
      if (atMs === undefined || nowMs - atMs <= channel.maxAgeMs) return;
      this.#drop(channel);
    }
  }

  #trim(lane: number): void {
    for (const channel of this.#lanes[lane]!.ready) {
      const kept = this.#keptWhileBlocked(channel);
      while (channel.messages.length > kept) this.#drop(channel);
    }
  }

  #keptWhileBlocked(channel: Waiting): number {
    return channel.delivery === 'latest' ? 1 : this.#limits.queueDepth;
  }

  /** Drops the oldest messages of lanes not more urgent than `lane` until `bytes` fit; false when that does not help. */
  #makeRoom(bytes: number, lane: number): boolean {
    for (let victimLane = this.#lanes.length - 1; victimLane >= lane; victimLane--) {
      const queue = this.#lanes[victimLane]!;
      // What leaves in parts stays: half of it has left.
      let passes = queue.ready.length;
      while (this.#bytes + bytes > this.#limits.maxBytes && passes > 0) {
        const victim = queue.ready.first;
        if (victim === undefined) break;
        if (victim.messages.length > 0) {
          this.#drop(victim);
          continue;
        }
        passes--;
        this.#dequeue(queue);
        if (victim.parted !== undefined) this.#enqueue(victim);
      }
      if (this.#bytes + bytes <= this.#limits.maxBytes) return true;
    }
    return this.#bytes + bytes <= this.#limits.maxBytes;
  }

  #enqueue(channel: Waiting): void {
    channel.queued = true;
    this.#lanes[channel.lane]!.ready.push(channel);
  }

  #dequeue(lane: LaneQueue): void {
    const channel = lane.ready.shift();
    if (channel !== undefined) channel.queued = false;
  }

  #drop(channel: Waiting): void {
    this.#remove(channel);
    this.#countDrop(channel);
  }

  #countDrop(channel: Waiting): void {
    channel.dropped += 1;
    this.#droppedTotal += 1;
    const lane = this.#lanes[channel.lane];
    if (lane !== undefined) lane.dropped += 1;
    this.#anyDropped = true;
  }

  #remove(channel: Waiting): void {
    const message = channel.messages.shift();
    channel.times?.shift();
    if (message !== undefined) this.#forget(channel, message.data.length + RECORD_OVERHEAD);
  }

  #forget(channel: Waiting, bytes: number): void {
    this.#bytes -= bytes;
    this.#lanes[channel.lane]!.bytes -= bytes;
  }
}

/** A starved lane's turn: so small that an urgent message hardly waits for it. */
const STARVED_BYTES = 1024;

const starvedTurn = (options: FillOptions): FillOptions => ({
  ...options,
  maxBytes: Math.min(options.maxBytes, STARVED_BYTES),
  partBytes: Math.min(options.partBytes, STARVED_BYTES),
});
