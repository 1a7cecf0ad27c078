import type { FrameBuilder } from './FrameBuilder.ts';
import type { MessageRecord } from './MessageRecord.ts';

/** Told what {@link NewestPerChannel.fill} comes across. */
export interface NewestListener {
  /** `count` older messages of the channel were dropped in favour of the one just sent. */
  handleFolded(channelId: number, count: number): void;
  handleMark(subscription: number): void;
}

/**
 * What a slow reader still gets: the newest message of each channel, and how many went before it. Bounded by the
 * number of channels; the copies are made only while the reader is slow.
 */
export class NewestPerChannel {
  /** In the order of leaving. Marks are among the messages, under the negative of their number and one. */
  readonly #newest = new Map<number, { record: MessageRecord; folded: number } | undefined>();
  #bytes = 0;

  /** Bytes of the messages kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Messages and marks kept. */
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

  /** A mark leaves when what was kept before it has left, or was replaced. */
  putMark(subscription: number): void {
    this.#newest.set(-1 - subscription, undefined);
  }

  delete(channelId: number): void {
    this.#bytes -= this.#newest.get(channelId)?.record.length ?? 0;
    this.#newest.delete(channelId);
  }

  /** Moves messages into the frame until it has about `maxBytes`, a larger one alone. */
  fill(frame: FrameBuilder, maxBytes: number, listener: NewestListener): void {
    for (const [key, kept] of this.#newest) {
      if (kept === undefined) {
        this.#newest.delete(key);
        listener.handleMark(-1 - key);
        continue;
      }
      const { record, folded } = kept;
      if (frame.length > 0 && frame.length + record.length > maxBytes) return;
      this.delete(key);
      frame.forwardMessage(key, record.bytes);
      if (folded > 0) listener.handleFolded(key, folded);
    }
  }
}
