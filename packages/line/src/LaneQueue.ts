import type { Lane } from './channelRecords.ts';
import { Fifo } from './Fifo.ts';
import type { WaitingChannel } from './WaitingChannel.ts';

/** One lane of an outbox: the channels with something to send, in the order of their turns. */
export class LaneQueue {
  readonly lane: Lane;
  /** 0 for the most urgent. */
  readonly rank: number;
  readonly ready = new Fifo<WaitingChannel>();
  /** Bytes of all that waits. */
  bytes = 0;
  /** Messages dropped since the outbox was made. */
  dropped = 0;
  /** When it last had a turn, or began to wait. */
  servedMs = 0;

  constructor(lane: Lane, rank: number) {
    this.lane = lane;
    this.rank = rank;
  }

  /** Puts a channel behind the others, where it does not stand already. */
  enqueue(channel: WaitingChannel): void {
    if (channel.queued) return;
    channel.queued = true;
    this.ready.push(channel);
  }

  /** Takes the first channel out. */
  dequeue(): void {
    const channel = this.ready.shift();
    if (channel !== undefined) channel.queued = false;
  }
}
