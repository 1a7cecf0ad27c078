import type { FrameBuilder } from './FrameBuilder.ts';
import type { MessageRecord } from './MessageRecord.ts';

/** Told what {@link NewestPerChannel.fill} comes across. */
export interface NewestListener {
  /** `count` messages of the channel were dropped, older than the one just sent if one was. */
  handleFolded(channelId: number, count: number): void;
  handleMark(subscription: number): void;
  /** A message too large for one frame is to leave in parts: the body of its record. */
  handleLarge(body: Uint8Array): void;
}

/**
 * What a slow reader still gets: the newest message of each channel, and how many went before it. Bounded by the
 * number of channels and by `maxBytes`, beyond which the messages kept longest go; one message always stays. The copies
 * are made only while the reader is slow.
 */
export class NewestPerChannel {
  /** In the order of leaving. Marks are among the messages, under the negative of their number and one. */
  readonly #newest = new Map<number, { readonly record: MessageRecord; readonly folded: number } | undefined>();
  /** Drops of channels whose message had to make room. */
  readonly #lost = new Map<number, number>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes of the messages kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Messages and marks kept, and channels whose drops are to be told. */
  get size(): number {
    return this.#newest.size + this.#lost.size;
  }

  put(channelId: number, record: MessageRecord): void {
    const before = this.#newest.get(channelId);
    const folded = before === undefined ? (this.#lost.get(channelId) ?? 0) : before.folded + 1;
    // Deleting first moves the channel to the end, so that channels take turns by the age of their message.
    this.delete(channelId);
    this.#newest.set(channelId, { record: record.copy(), folded });
    this.#bytes += record.length;
    if (this.#bytes > this.#maxBytes) this.#makeRoom(channelId);
  }

  /** A mark leaves when what was kept before it has left, or was replaced. */
  putMark(subscription: number): void {
    this.#newest.set(-1 - subscription, undefined);
  }

  delete(channelId: number): void {
    this.#bytes -= this.#newest.get(channelId)?.record.length ?? 0;
    this.#newest.delete(channelId);
    this.#lost.delete(channelId);
  }

  /** Moves messages into the frame until it has about `maxBytes`; of those above `cutBytes` one at a time leaves in parts. */
  fill(
    frame: FrameBuilder,
    { maxBytes, cutBytes }: { readonly maxBytes: number; readonly cutBytes: number },
    listener: NewestListener,
  ): void {
    for (const [channel, count] of this.#lost) {
      if (frame.length > maxBytes) return;
      this.#lost.delete(channel);
      listener.handleFolded(channel, count);
    }
    for (const [key, kept] of this.#newest) {
      if (kept === undefined) {
        this.#newest.delete(key);
        listener.handleMark(-1 - key);
        continue;
      }
      const { record, folded } = kept;
      const isLarge = record.length > cutBytes;
      if (frame.length > 0 && (isLarge || frame.length + record.length > maxBytes)) return;
      this.delete(key);
      if (isLarge) listener.handleLarge(record.bodyFor(key));
      else frame.forwardMessage(key, record.bytes);
      if (folded > 0) listener.handleFolded(key, folded);
      if (isLarge) return;
    }
  }

  #makeRoom(newest: number): void {
    for (const [key, kept] of this.#newest) {
      if (this.#bytes <= this.#maxBytes) return;
      if (key === newest || kept === undefined) continue;
      this.delete(key);
      this.#lost.set(key, kept.folded + 1);
    }
  }
}
