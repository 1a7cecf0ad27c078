import type { MessageParts } from '@longline/ros';
import type { Delivery } from './channelRecords.ts';
import { Fifo } from './Fifo.ts';
import type { LaneQueue } from './LaneQueue.ts';
import type { PartedRecord } from './PartedRecord.ts';
import { MESSAGE_HEADER_BYTES, RECORD_HEADER_BYTES } from './recordKinds.ts';

/** Bytes that a message takes in an outbox: those of its record. */
export const recordBytes = (message: MessageParts): number =>
  message.data.length + MESSAGE_HEADER_BYTES + RECORD_HEADER_BYTES;

/** The messages of one channel that wait in an outbox. */
export class WaitingChannel {
  readonly id: number;
  readonly lane: LaneQueue;
  readonly delivery: Delivery;
  readonly maxAgeMs: number | undefined;
  readonly messages = new Fifo<MessageParts>();
  /** When each waiting message came, where that counts. */
  readonly times: Fifo<number> | undefined;
  /** The message that is leaving in parts. */
  parted: PartedRecord | undefined;
  /** Messages dropped and not yet told. */
  dropped = 0;
  /** It stands in its lane's queue of channels. */
  queued = false;

  constructor(id: number, lane: LaneQueue, delivery: Delivery, maxAgeMs: number | undefined) {
    this.id = id;
    this.lane = lane;
    this.delivery = delivery;
    this.maxAgeMs = maxAgeMs;
    this.times = maxAgeMs === undefined ? undefined : new Fifo();
  }

  /** Something of it can leave. */
  isWaiting(): boolean {
    return this.messages.length > 0 || this.parted !== undefined;
  }

  /** The oldest message has waited longer than it may. */
  isExpired(nowMs: number): boolean {
    const atMs = this.times?.first;
    return atMs !== undefined && nowMs - atMs > (this.maxAgeMs ?? Number.POSITIVE_INFINITY);
  }
}
