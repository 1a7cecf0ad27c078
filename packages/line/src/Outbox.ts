import type { MessageParts } from '@longline/ros';
import { lanes } from './channelRecords.ts';
import type { Delivery, Lane } from './channelRecords.ts';
import { Fifo } from './Fifo.ts';
import type { FrameBuilder } from './FrameBuilder.ts';
import { MESSAGE_HEADER_BYTES, RECORD_HEADER_BYTES } from './recordKinds.ts';

const RECORD_OVERHEAD = MESSAGE_HEADER_BYTES + RECORD_HEADER_BYTES;

/** Bounds of an outbox. */
export interface OutboxLimits {
  /** Bytes of all waiting messages; beyond it the oldest of the least urgent lane go. Default 64 MiB. */
  readonly maxBytes: number;
  /** Messages that a `queue` channel keeps while the line cannot take them; beyond it its oldest go. Default 100. */
  readonly queueDepth: number;
}

export const defaultOutboxLimits: OutboxLimits = { maxBytes: 64 * 1024 * 1024, queueDepth: 100 };

interface Waiting {
  readonly id: number;
  readonly lane: Lane;
  readonly delivery: Delivery;
  readonly messages: Fifo<MessageParts>;
  dropped: number;
  /** It stands in its lane's queue of channels. */
  queued: boolean;
}

/**
 * Messages that wait for the line: one queue per channel, channels of a lane take turns, an urgent lane goes first.
 *
 * While the line takes everything nothing is replaced. While it is `blocked` (congested or down) a `latest` channel
 * keeps its newest message and a `queue` channel its newest `queueDepth`. Order is kept within a channel only.
 */
export class Outbox {
  readonly #limits: OutboxLimits;
  readonly #channels = new Map<number, Waiting>();
  readonly #ready: Record<Lane, Fifo<Waiting>> = {
    control: new Fifo(),
    state: new Fifo(),
    telemetry: new Fifo(),
    bulk: new Fifo(),
  };
  #bytes = 0;
  #droppedTotal = 0;
  #anyDropped = false;

  /** The line takes no messages now. */
  blocked = true;
  /** Messages above this many bytes cannot travel and are dropped; the line sets it from the welcome. */
  maxMessageBytes = Number.POSITIVE_INFINITY;

  constructor(limits: Partial<OutboxLimits> = {}) {
    this.#limits = { ...defaultOutboxLimits, ...limits };
  }

  /** Bytes of all waiting messages. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Messages dropped since the outbox was made. */
  get droppedTotal(): number {
    return this.#droppedTotal;
  }

  openChannel(id: number, lane: Lane, delivery: Delivery): void {
    this.#channels.set(id, { id, lane, delivery, messages: new Fifo(), dropped: 0, queued: false });
  }

  /** Forgets the channel and what waits of it. */
  closeChannel(id: number): void {
    const channel = this.#channels.get(id);
    if (channel === undefined) return;
    this.#channels.delete(id);
    while (channel.messages.length > 0) this.#remove(channel);
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
    const kept = this.blocked ? this.#keptWhileBlocked(channel) : Number.POSITIVE_INFINITY;
    while (channel.messages.length >= kept) this.#drop(channel);
    if (!this.#makeRoom(bytes, channel.lane)) {
      this.#countDrop(channel);
      return;
    }
    channel.messages.push(message);
    this.#bytes += bytes;
    if (!channel.queued) this.#enqueue(channel);
  }

  /** Adds waiting messages to the frame, most urgent lane first, until it has about `maxBytes`; a larger message goes alone. */
  fill(frame: FrameBuilder, maxBytes: number): void {
    for (const lane of lanes) {
      const ready = this.#ready[lane];
      for (;;) {
        const channel = ready.first;
        if (channel === undefined) break;
        const message = channel.messages.first;
        if (message === undefined) {
          this.#dequeue(lane);
          continue;
        }
        if (frame.length > 0 && frame.length + message.data.length + RECORD_OVERHEAD > maxBytes) return;
        this.#dequeue(lane);
        this.#remove(channel);
        frame.appendMessage(channel.id, message);
        if (channel.messages.length > 0) this.#enqueue(channel);
      }
    }
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

  #keptWhileBlocked(channel: Waiting): number {
    return channel.delivery === 'latest' ? 1 : this.#limits.queueDepth;
  }

  /** Drops the oldest messages of lanes not more urgent than `lane` until `bytes` fit; false when that does not help. */
  #makeRoom(bytes: number, lane: Lane): boolean {
    for (const victimLane of [...lanes].reverse()) {
      while (this.#bytes + bytes > this.#limits.maxBytes) {
        const victim = this.#ready[victimLane].first;
        if (victim === undefined) break;
        if (victim.messages.length > 0) this.#drop(victim);
        if (victim.messages.length === 0) this.#dequeue(victimLane);
      }
      if (this.#bytes + bytes <= this.#limits.maxBytes) return true;
      if (victimLane === lane) return false;
    }
    return false;
  }

  #enqueue(channel: Waiting): void {
    channel.queued = true;
    this.#ready[channel.lane].push(channel);
  }

  #dequeue(lane: Lane): void {
    const channel = this.#ready[lane].shift();
    if (channel !== undefined) channel.queued = false;
  }

  #drop(channel: Waiting): void {
    this.#remove(channel);
    this.#countDrop(channel);
  }

  #countDrop(channel: Waiting): void {
    channel.dropped += 1;
    this.#droppedTotal += 1;
    this.#anyDropped = true;
  }

  #remove(channel: Waiting): void {
    const message = channel.messages.shift();
    if (message !== undefined) this.#bytes -= message.data.length + RECORD_OVERHEAD;
  }
}
