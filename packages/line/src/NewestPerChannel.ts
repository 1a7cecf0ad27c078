import type { FrameBuilder } from './FrameBuilder.ts';
import type { MessageRecord } from './MessageRecord.ts';

/**
 * What a slow reader still gets: the newest message of each channel, and how many went before it. Bounded by the
 * number of channels; the copies are made only while the reader is slow.
 */
export class NewestPerChannel {
  readonly #newest = new Map<number, { record: MessageRecord; folded: number }>();
  #bytes = 0;

  /** Bytes of the messages kept. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#newest.size;
  }

  put(channelId: number, record: MessageRecord): void {
    const before = this.#newest.get(channelId);
    const kept = record.copy();
    this.#bytes += kept.length - (before?.record.length ?? 0);
    // Deleting first moves the channel to the end, so that channels take turns by the age of their message.
    this.#newest.delete(channelId);
    this.#newest.set(channelId, { record: kept, folded: before === undefined ? 0 : before.folded + 1 });
  }

  delete(channelId: number): void {
    this.#bytes -= this.#newest.get(channelId)?.record.length ?? 0;
    this.#newest.delete(channelId);
  }

  /** Moves messages into the frame until it has about `maxBytes`, a larger one alone; tells what was folded into each. */
  fill(frame: FrameBuilder, maxBytes: number, handleFolded: (channelId: number, count: number) => void): void {
    for (const [channelId, { record, folded }] of this.#newest) {
      if (frame.length > 0 && frame.length + record.length > maxBytes) return;
      this.delete(channelId);
      frame.forwardMessage(channelId, record.bytes);
      if (folded > 0) handleFolded(channelId, folded);
    }
  }
}
