import type { Clock, MessageParts } from '@longline/ros';
import type { Delivery, Lane } from './channelRecords.ts';
import type { FrameBuilder } from './FrameBuilder.ts';
import { LaneQueue } from './LaneQueue.ts';
import { messageBody } from './messageBody.ts';
import { PartedRecord } from './PartedRecord.ts';
import { recordKinds } from './recordKinds.ts';
import { recordBytes, WaitingChannel } from './WaitingChannel.ts';

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
  /** Large messages wait for another socket. */
  readonly smallOnly?: boolean;
  /** Large messages and the bulk lane only. */
  readonly largeOnly?: boolean;
  /** Channels that this frame may take; all by default. */
  readonly mayTake?: (id: number) => boolean;
  /** A lane that waited so long without a turn takes one before all others, in milliseconds. */
  readonly starvedAfterMs: number;
  /** The least urgent lane that may take such a turn; `lowest` by default. */
  readonly lowestStarved?: Lane;
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

/** A starved lane's turn: so small that an urgent message hardly waits for it. */
const STARVED_BYTES = 1024;

/**
 * Messages that wait for the line: one queue per channel, channels of a lane take turns, an urgent lane goes first.
 *
 * While the line takes everything nothing is replaced. Where a lane is blocked (the window is full, or there is no line) a
 * `latest` channel keeps its newest message and a `queue` channel its newest `queueDepth`. Order is kept within a channel.
 */
export class Outbox {
  readonly #clock: Clock;
  readonly #limits: OutboxLimits;
  readonly #channels = new Map<number, WaitingChannel>();
  readonly #lanes: Readonly<Record<Lane, LaneQueue>> = {
    control: new LaneQueue('control', 0),
    state: new LaneQueue('state', 1),
    telemetry: new LaneQueue('telemetry', 2),
    bulk: new LaneQueue('bulk', 3),
  };
  readonly #urgentFirst: readonly LaneQueue[] = Object.values(this.#lanes);
  readonly #urgentLast = this.#urgentFirst.toReversed();
  #bytes = 0;
  #droppedTotal = 0;
  #anyDropped = false;
  #anyParted = false;
  #transfers = 0;
  /** Lanes of this rank and less urgent ones are blocked. */
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
    return this.#lanes[lane].bytes;
  }

  /** Messages of one lane dropped since the outbox was made. */
  laneDropped(lane: Lane): number {
    return this.#lanes[lane].dropped;
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
    this.#channels.set(id, new WaitingChannel(id, this.#lanes[lane], delivery, maxAgeMs));
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
    const { lane } = channel;
    const wasEmpty = lane.bytes === 0;
    const bytes = recordBytes(message);
    if (bytes > this.maxMessageBytes || bytes > this.#limits.maxBytes) {
      this.#countDrop(channel);
      return;
    }
    if (lane.rank >= this.#blockedFrom) {
      const kept = this.#keptWhileBlocked(channel);
      while (channel.messages.length >= kept) this.#drop(channel);
    }
    if (!this.#makeRoom(bytes, lane)) {
      this.#countDrop(channel);
      return;
    }
    if (wasEmpty) lane.servedMs = this.#clock.monotonicMs();
    channel.messages.push(message);
    channel.times?.push(this.#clock.monotonicMs());
    this.#account(channel, bytes);
    lane.enqueue(channel);
  }

  /** Lanes less urgent than `lowest` are blocked from now on; undefined blocks all. */
  block(lowest: Lane | undefined): void {
    const from = lowest === undefined ? 0 : this.#lanes[lowest].rank + 1;
    const before = this.#blockedFrom;
    this.#blockedFrom = from;
    if (from >= before) return;
    for (const lane of this.#urgentFirst) if (lane.rank >= from && lane.rank < before) this.#trim(lane);
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

  /** Adds waiting messages to the frame, most urgent lane first; a part of a large one goes alone. */
  fill(frame: FrameBuilder, options: FillOptions, listener: OutboxListener): void {
    const nowMs = this.#clock.monotonicMs();
    const lowest = this.#lanes[options.lowest].rank;
    const lowestStarved = this.#lanes[options.lowestStarved ?? options.lowest].rank;
    for (const lane of this.#urgentLast) {
      const isStarved = lane.bytes > 0 && nowMs - lane.servedMs >= options.starvedAfterMs;
      if (lane.rank > lowestStarved || lane.rank === 0 || !isStarved) continue;
      if (this.#fillFrom(lane, frame, starvedTurn(options), listener, nowMs)) return;
    }
    for (const lane of this.#urgentFirst)
      if (lane.rank <= lowest && this.#fillFrom(lane, frame, options, listener, nowMs)) return;
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
    lane: LaneQueue,
    frame: FrameBuilder,
    options: FillOptions,
    listener: OutboxListener,
    nowMs: number,
  ): boolean {
    const { maxBytes, cutBytes } = options;
    // Channels that this frame may not take are put behind the others, once.
    let passes = lane.ready.length;
    for (;;) {
      const channel = lane.ready.first;
      if (channel === undefined) return false;
      while (channel.isExpired(nowMs)) this.#drop(channel);
      const message = channel.messages.first;
      if (!channel.isWaiting()) {
        lane.dequeue();
        continue;
      }
      const bytes = message === undefined ? 0 : recordBytes(message);
      const isLarge = channel.parted !== undefined || bytes > cutBytes;
      if (!mayTake(channel, isLarge, options)) {
        if (--passes <= 0) return false;
        lane.dequeue();
        lane.enqueue(channel);
        continue;
      }
      const filled = frame.length + (listener.placedBytes?.() ?? 0);
      if (filled > 0 && (isLarge || filled + bytes > maxBytes)) return true;
      lane.servedMs = nowMs;
      lane.dequeue();
      if (isLarge || message === undefined) {
        listener.handlePart(lane.lane, this.#writePart(channel, frame, options.partBytes, listener));
        if (channel.isWaiting()) lane.enqueue(channel);
        return true;
      }
      this.#remove(channel);
      if (listener.place?.(channel.id, message) !== true) frame.appendMessage(channel.id, message);
      listener.handleTaken(channel.id, lane.lane, message);
      if (channel.isWaiting()) lane.enqueue(channel);
    }
  }

  /** Writes the next part and says how many bytes of the message it has. */
  #writePart(channel: WaitingChannel, frame: FrameBuilder, maxBytes: number, listener: OutboxListener): number {
    const parted = (channel.parted ??= this.#beginParts(channel, listener));
    if (parted === undefined) return 0;
    const before = parted.remainingBytes;
    if (parted.writeNext(frame, maxBytes)) channel.parted = undefined;
    const bytes = before - parted.remainingBytes;
    this.#account(channel, -bytes);
    return bytes;
  }

  #beginParts(channel: WaitingChannel, listener: OutboxListener): PartedRecord | undefined {
    const message = channel.messages.first;
    if (message === undefined) return undefined;
    const packed = listener.packLarge?.(channel.id, message);
    this.#remove(channel);
    const parted =
      packed === undefined
        ? new PartedRecord(this.nextTransfer(), recordKinds.message, messageBody(channel.id, message))
        : new PartedRecord(this.nextTransfer(), recordKinds.packed, [packed]);
    this.#anyParted = true;
    this.#account(channel, parted.length);
    return parted;
  }

  #endParted(channel: WaitingChannel): void {
    if (channel.parted !== undefined) this.#account(channel, -channel.parted.remainingBytes);
    channel.parted = undefined;
  }

  #trim(lane: LaneQueue): void {
    for (const channel of lane.ready) {
      const kept = this.#keptWhileBlocked(channel);
      while (channel.messages.length > kept) this.#drop(channel);
    }
  }

  #keptWhileBlocked(channel: WaitingChannel): number {
    return channel.delivery === 'latest' ? 1 : this.#limits.queueDepth;
  }

  /** Drops the oldest messages of lanes not more urgent than the given one until `bytes` fit; false when that does not help. */
  #makeRoom(bytes: number, { rank }: LaneQueue): boolean {
    for (const lane of this.#urgentLast) {
      if (this.#bytes + bytes <= this.#limits.maxBytes) return true;
      if (lane.rank < rank) return false;
      // What leaves in parts stays: some of it has left.
      let passes = lane.ready.length;
      while (this.#bytes + bytes > this.#limits.maxBytes && passes > 0) {
        const victim = lane.ready.first;
        if (victim === undefined) break;
        if (victim.messages.length > 0) {
          this.#drop(victim);
          continue;
        }
        passes--;
        lane.dequeue();
        if (victim.isWaiting()) lane.enqueue(victim);
      }
    }
    return this.#bytes + bytes <= this.#limits.maxBytes;
  }

  #drop(channel: WaitingChannel): void {
    this.#remove(channel);
    this.#countDrop(channel);
  }

  #countDrop(channel: WaitingChannel): void {
    channel.dropped += 1;
    channel.lane.dropped += 1;
    this.#droppedTotal += 1;
    this.#anyDropped = true;
  }

  #remove(channel: WaitingChannel): void {
    const message = channel.messages.shift();
    channel.times?.shift();
    if (message !== undefined) this.#account(channel, -recordBytes(message));
  }

  #account(channel: WaitingChannel, bytes: number): void {
    this.#bytes += bytes;
    channel.lane.bytes += bytes;
  }
}

/** Whether a frame takes this channel's next message, by its size and by the channel. */
function mayTake(channel: WaitingChannel, isLarge: boolean, options: FillOptions): boolean {
  const { smallOnly = false, largeOnly = false, mayTake: isAllowed } = options;
  // Large messages of other lanes must not overtake the small ones of their channel, where each counts.
  const isForOthers = channel.lane.lane === 'bulk' || (isLarge && channel.delivery === 'latest');
  const isElsewhere = isForOthers ? smallOnly && isLarge : largeOnly;
  return !isElsewhere && isAllowed?.(channel.id) !== false;
}

const starvedTurn = (options: FillOptions): FillOptions => ({
  ...options,
  maxBytes: Math.min(options.maxBytes, STARVED_BYTES),
  partBytes: Math.min(options.partBytes, STARVED_BYTES),
});
