import { FakeClock } from '@longline/testing';
import { expect } from 'vitest';
import { lanes } from './channelRecords.ts';
import type { Delivery, Lane } from './channelRecords.ts';
import { FrameBuilder } from './FrameBuilder.ts';
import { Outbox } from './Outbox.ts';
import type { FillOptions, OutboxChannel } from './Outbox.ts';
import { PartAssembler } from './PartAssembler.ts';
import { readRecords } from './readRecords.ts';
import { MESSAGE_HEADER_BYTES, RECORD_HEADER_BYTES } from './recordKinds.ts';

const OVERHEAD = MESSAGE_HEADER_BYTES + RECORD_HEADER_BYTES;
/** A starved lane's turn has at most so many bytes, or one message. */
const STARVED_BYTES = 1024;

interface ModelMessage {
  readonly sequence: number;
  readonly bytes: number;
  readonly atMs: number;
}

interface ModelChannel {
  readonly lane: number;
  readonly delivery: Delivery;
  readonly maxAgeMs: number;
  readonly waiting: ModelMessage[];
  /** What leaves in parts. */
  parted: { readonly sequence: number; leftBytes: number } | undefined;
}

const laneOf = (lane: Lane): number => lanes.indexOf(lane);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Bytes that say which message they are of. */
const dataOf = (id: number, sequence: number, bytes: number): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, at) => id * 31 + sequence * 7 + at);

/**
 * An outbox and, beside it, the plainest thing that keeps its promises: every channel is a list of messages. Each step is
 * done to both and compared. Which channel gives way where room is short is the outbox's choice; that it may, is checked.
 */
export class OutboxModel {
  readonly clock = new FakeClock();
  readonly limits = { maxBytes: 6_000, queueDepth: 4 };
  readonly #outbox = new Outbox(this.clock, this.limits);
  readonly #channels = new Map<number, ModelChannel>();
  /** Sequences go on when a channel closes and opens again. */
  readonly #sequences = new Map<number, number>();
  readonly #servedMs = lanes.map(() => 0);
  /** Whose parts a transfer carries. */
  readonly #transfers = new Map<number, number>();
  #assembler = new PartAssembler(1024 * 1024);
  #blockedFrom = 0;
  #droppedTotal = 0;

  constructor(maxMessageBytes = 5_000) {
    this.#outbox.maxMessageBytes = maxMessageBytes;
  }

  open(id: number, channel: OutboxChannel): void {
    this.close(id);
    this.#outbox.openChannel(id, channel);
    this.#channels.set(id, {
      lane: laneOf(channel.lane),
      delivery: channel.delivery,
      maxAgeMs: channel.maxAgeMs ?? Number.POSITIVE_INFINITY,
      waiting: [],
      parted: undefined,
    });
  }

  close(id: number): void {
    this.#outbox.closeChannel(id);
    this.#channels.delete(id);
    this.#compare();
  }

  push(id: number, dataBytes: number): void {
    const sequence = this.#sequences.get(id) ?? 0;
    this.#sequences.set(id, sequence + 1);
    const channel = this.#channels.get(id);
    const bytes = dataBytes + OVERHEAD;
    const isShort = this.#outbox.bytes + bytes > this.limits.maxBytes;
    if (channel !== undefined && this.#laneBytes(channel.lane) === 0) this.#servedMs[channel.lane] = this.#nowMs;
    this.#outbox.push(id, { sequence, logTime: 1n, publishTime: 2n, data: dataOf(id, sequence, dataBytes) });
    const drops = this.#takeDropped();
    if (channel === undefined || bytes > this.#outbox.maxMessageBytes) {
      expect([...drops]).toEqual(channel === undefined ? [] : [[id, 1]]);
    } else {
      channel.waiting.push({ sequence, bytes, atMs: this.#nowMs });
      const excess = channel.lane >= this.#blockedFrom ? channel.waiting.length - this.#kept(channel) : 0;
      if (!isShort) expect([...drops]).toEqual(excess > 0 ? [[id, excess]] : []);
      for (const [victim, count] of drops) {
        // An urgent lane never gives way to a lesser one.
        expect(this.#channel(victim).lane).toBeGreaterThanOrEqual(channel.lane);
        this.#channel(victim).waiting.splice(0, count);
      }
    }
    this.#compare();
  }

  block(lowest: Lane | undefined): void {
    this.#outbox.block(lowest);
    const from = lowest === undefined ? 0 : laneOf(lowest) + 1;
    const drops = this.#takeDropped();
    for (const [id, channel] of this.#channels) {
      const isNewlyBlocked = channel.lane >= from && channel.lane < this.#blockedFrom;
      const excess = isNewlyBlocked ? Math.max(0, channel.waiting.length - this.#kept(channel)) : 0;
      expect(drops.get(id) ?? 0).toBe(excess);
      channel.waiting.splice(0, excess);
    }
    this.#blockedFrom = from;
    this.#compare();
  }

  endLine(): void {
    this.block(undefined);
    this.#outbox.handleLineClosed();
    const drops = this.#takeDropped();
    for (const [id, channel] of this.#channels) {
      expect(drops.get(id) ?? 0).toBe(channel.parted === undefined ? 0 : 1);
      channel.parted = undefined;
    }
    this.#assembler = new PartAssembler(1024 * 1024);
    this.#compare();
  }

  /** One frame; gives its length in bytes. */
  fill(options: FillOptions): number {
    const frame = new FrameBuilder();
    const able = this.#lanesAble(options);
    const starved = able.filter((lane) => lane > 0 && this.#isStarved(lane, options));
    const taken: { readonly id: number; readonly lane: number; readonly bytes: number; readonly sequence: number }[] =
      [];
    let begun: { readonly id: number; readonly sequence: number } | undefined;
    let part: { readonly lane: number; readonly bytes: number } | undefined;
    this.#outbox.fill(frame, options, {
      handleTaken: (id, lane, { sequence, data }) =>
        taken.push({ id, lane: laneOf(lane), bytes: data.length + OVERHEAD, sequence }),
      handlePart: (lane, bytes) => (part = { lane: laneOf(lane), bytes }),
      packLarge: (id, { sequence }) => {
        begun = { id, sequence };
        return undefined;
      },
    });
    for (const [id, count] of this.#takeDropped()) {
      const channel = this.#channel(id);
      expect(count).toBe(this.#expired(channel));
      channel.waiting.splice(0, count);
    }
    // Nothing is left waiting that could go; the lane is the starved one, else the most urgent.
    const lane = taken[0]?.lane ?? part?.lane;
    expect(lane).toBe(starved.at(-1) ?? able[0]);
    if (taken.length > 1) expect(frame.length).toBeLessThanOrEqual(options.maxBytes);
    const ofStarved = taken.filter((each) => each.lane === starved.at(-1)).map(({ bytes }) => bytes);
    if (ofStarved.length > 1 && options.mayTake === undefined)
      expect(sum(ofStarved)).toBeLessThanOrEqual(STARVED_BYTES);
    for (const each of taken) {
      const next = this.#takeNext(each.id, options);
      expect([each.sequence, each.bytes]).toEqual([next.sequence, next.bytes]);
      expect(each.bytes).toBeLessThanOrEqual(options.cutBytes);
      if (options.largeOnly === true) expect(lanes[each.lane]).toBe('bulk');
      this.#servedMs[each.lane] = this.#nowMs;
    }
    if (begun !== undefined) {
      const { sequence, bytes } = this.#takeNext(begun.id, options);
      expect(begun.sequence).toBe(sequence);
      expect(bytes).toBeGreaterThan(options.cutBytes);
      this.#channel(begun.id).parted = { sequence, leftBytes: bytes };
    }
    if (part !== undefined) {
      expect(taken).toEqual([]);
      expect(part.bytes).toBeLessThanOrEqual(
        starved.length > 0 ? Math.min(STARVED_BYTES, options.partBytes) : options.partBytes,
      );
      this.#servedMs[part.lane] = this.#nowMs;
    }
    const { length } = frame;
    if (length > 0) this.#receive(frame.take(), taken, begun?.id, part?.bytes ?? 0);
    this.#compare();
    return length;
  }

  /** Takes out all that waits, and finds every message accounted for. */
  drain(): void {
    const options: FillOptions = {
      maxBytes: 2_000,
      cutBytes: 1_000,
      partBytes: 500,
      lowest: 'bulk',
      starvedAfterMs: Number.POSITIVE_INFINITY,
    };
    while (this.fill(options) > 0);
    expect(this.#outbox.bytes).toBe(0);
    for (const { waiting, parted } of this.#channels.values()) expect([waiting, parted]).toEqual([[], undefined]);
  }

  /** The channel's next message goes. */
  #takeNext(id: number, options: FillOptions): ModelMessage {
    const channel = this.#channel(id);
    const next = channel.waiting.shift() ?? expect.fail(`channel ${id} has no message left`);
    expect(this.#nowMs - next.atMs).toBeLessThanOrEqual(channel.maxAgeMs);
    expect(options.mayTake?.(id)).not.toBe(false);
    expect(channel.parted).toBeUndefined();
    return next;
  }

  /** Reads the frame as the other side does. */
  #receive(
    frame: Uint8Array,
    taken: readonly { readonly id: number; readonly sequence: number }[],
    begun: number | undefined,
    partBytes: number,
  ): void {
    const plain: { id: number; sequence: number }[] = [];
    const handleMessage = (record: { channelId: number; sequence: number; data: Uint8Array }): void => {
      const { channelId: id, sequence, data } = record;
      plain.push({ id, sequence });
      expect(data).toEqual(dataOf(id, sequence, data.length));
    };
    readRecords(frame, {
      handleMessage,
      handleRecord: (_kind, body) => {
        const transfer = new DataView(body.buffer, body.byteOffset).getUint32(0, true);
        if (begun !== undefined) this.#transfers.set(transfer, begun);
        const id = this.#transfers.get(transfer) ?? expect.fail(`nothing began transfer ${transfer}`);
        const { parted } = this.#channel(id);
        if (parted === undefined) expect.fail(`channel ${id} has nothing in parts`);
        parted.leftBytes -= partBytes;
        const whole = this.#assembler.handlePart(body);
        expect(whole !== undefined).toBe(parted.leftBytes === 0);
        if (whole === undefined) return;
        readRecords(whole, { handleMessage, handleRecord: (kind) => expect.fail(`a ${kind} came in parts`) });
        expect(plain).toEqual([{ id, sequence: parted.sequence }]);
        plain.length = 0;
        this.#channel(id).parted = undefined;
      },
    });
    expect(plain).toEqual(taken.map(({ id, sequence }) => ({ id, sequence })));
  }

  #channel(id: number): ModelChannel {
    return this.#channels.get(id) ?? expect.fail(`channel ${id} is not open`);
  }

  /** When each lane last had a turn, or began to wait. */
  get turnsMs(): Readonly<Record<Lane, number>> {
    const [control = 0, state = 0, telemetry = 0, bulk = 0] = this.#servedMs;
    return { control, state, telemetry, bulk };
  }

  get #nowMs(): number {
    return this.clock.monotonicMs();
  }

  /** Lanes with something that the options let go, most urgent first. */
  #lanesAble({ lowest, cutBytes, smallOnly, largeOnly, mayTake }: FillOptions): number[] {
    const able = new Set<number>();
    for (const [id, channel] of this.#channels) {
      const { lane, waiting, parted } = channel;
      const next = waiting[this.#expired(channel)];
      if (lane > laneOf(lowest) || mayTake?.(id) === false) continue;
      if (next === undefined && parted === undefined) continue;
      const isLarge = parted !== undefined || (next?.bytes ?? 0) > cutBytes;
      // Large messages of other lanes go the way of bulk data where only the newest counts.
      const isForOthers = lanes[lane] === 'bulk' || (isLarge && channel.delivery === 'latest');
      if (isForOthers ? !(smallOnly === true && isLarge) : largeOnly !== true) able.add(lane);
    }
    return [...able].sort();
  }

  #isStarved(lane: number, { starvedAfterMs }: FillOptions): boolean {
    return this.#nowMs - (this.#servedMs[lane] ?? 0) >= starvedAfterMs;
  }

  /** How many of a channel's messages are too old to go. */
  #expired({ waiting, maxAgeMs }: ModelChannel): number {
    return waiting.filter(({ atMs }) => this.#nowMs - atMs > maxAgeMs).length;
  }

  #kept({ delivery }: ModelChannel): number {
    return delivery === 'latest' ? 1 : this.limits.queueDepth;
  }

  #takeDropped(): Map<number, number> {
    const drops = new Map(this.#outbox.takeDropped().map(({ channel, count }) => [channel, count]));
    this.#droppedTotal += sum([...drops.values()]);
    expect(this.#outbox.droppedTotal).toBe(this.#droppedTotal);
    return drops;
  }

  #laneBytes(number: number): number {
    return sum(
      [...this.#channels.values()]
        .filter(({ lane }) => lane === number)
        .map(({ waiting, parted }) => sum(waiting.map(({ bytes }) => bytes)) + (parted?.leftBytes ?? 0)),
    );
  }

  #compare(): void {
    for (const [number, lane] of lanes.entries()) expect(this.#outbox.laneBytes(lane)).toBe(this.#laneBytes(number));
    expect(this.#outbox.bytes).toBe(sum(lanes.map((lane) => this.#outbox.laneBytes(lane))));
    expect(this.#outbox.bytes).toBeLessThanOrEqual(this.limits.maxBytes);
  }
}
