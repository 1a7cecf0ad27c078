import type { MessageParts } from '@longline/ros';
import { MESSAGE_HEADER_BYTES, RECORD_HEADER_BYTES } from './recordKinds.ts';

/** A message as it lies in a received frame: read lazily, copied by nobody. Valid as long as the frame is. */
export class MessageRecord implements MessageParts {
  readonly #frame: Uint8Array;
  readonly #view: DataView;
  readonly #start: number;
  readonly #end: number;
  /** Made once: several readers want it, and views are not cheap. */
  #bytes: Uint8Array | undefined;

  constructor(frame: Uint8Array, view: DataView, start: number, end: number) {
    this.#frame = frame;
    this.#view = view;
    this.#start = start;
    this.#end = end;
  }

  get channelId(): number {
    return this.#view.getUint32(this.#start + RECORD_HEADER_BYTES, true);
  }

  get sequence(): number {
    return this.#view.getUint32(this.#start + RECORD_HEADER_BYTES + 4, true);
  }

  get logTime(): bigint {
    return this.#view.getBigUint64(this.#start + RECORD_HEADER_BYTES + 8, true);
  }

  get publishTime(): bigint {
    return this.#view.getBigUint64(this.#start + RECORD_HEADER_BYTES + 16, true);
  }

  /** The serialized message: a view into the frame. */
  get data(): Uint8Array {
    return this.#frame.subarray(this.#start + RECORD_HEADER_BYTES + MESSAGE_HEADER_BYTES, this.#end);
  }

  /** The whole record, header included: a view into the frame, ready for `FrameBuilder.forwardMessage`. */
  get bytes(): Uint8Array {
    return (this.#bytes ??= this.#frame.subarray(this.#start, this.#end));
  }

  /** Bytes of the whole record. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** The record's body under another channel ID, written over this one's: for copies that nobody else holds. */
  bodyFor(channelId: number): Uint8Array {
    this.#view.setUint32(this.#start + RECORD_HEADER_BYTES, channelId, true);
    return this.#frame.subarray(this.#start + RECORD_HEADER_BYTES, this.#end);
  }

  /** A copy that outlives the frame. */
  copy(): MessageRecord {
    const bytes = this.bytes.slice();
    return new MessageRecord(bytes, new DataView(bytes.buffer), 0, bytes.length);
  }
}
