import type { FrameBuilder } from './FrameBuilder.ts';
import { RECORD_HEADER_BYTES, recordKinds } from './recordKinds.ts';
import type { RecordKind } from './recordKinds.ts';

/** Bytes of a part record besides what it carries: record header, transfer u32, total u32, offset u32. */
export const PART_OVERHEAD = RECORD_HEADER_BYTES + 12;

/**
 * A record that is too large for one frame and leaves in parts (clause 4.4), so that a more urgent one never waits for all
 * of it. The bytes are those given, uncopied until each part is written.
 */
export class PartedRecord {
  /** Bytes of the whole record, header included. */
  readonly length: number;
  readonly #transfer: number;
  readonly #pieces: readonly Uint8Array[];
  #offset = 0;
  #piece = 0;
  #pieceOffset = 0;

  /** `body` is the record's body in pieces, in order. They are read until the last part is written. */
  constructor(transfer: number, kind: RecordKind, body: readonly Uint8Array[]) {
    let bodyBytes = 0;
    for (const piece of body) bodyBytes += piece.length;
    const header = new Uint8Array(RECORD_HEADER_BYTES);
    header[0] = kind;
    new DataView(header.buffer).setUint32(1, bodyBytes, true);
    this.#transfer = transfer;
    this.#pieces = [header, ...body];
    this.length = RECORD_HEADER_BYTES + bodyBytes;
  }

  /** Bytes not yet written. */
  get remainingBytes(): number {
    return this.length - this.#offset;
  }

  /** Appends the next part, of at most `maxBytes` of the record. True when it was the last. */
  writeNext(frame: FrameBuilder, maxBytes: number): boolean {
    const bytes = Math.min(this.remainingBytes, Math.max(1, maxBytes));
    const head = new Uint8Array(12);
    const view = new DataView(head.buffer);
    view.setUint32(0, this.#transfer, true);
    view.setUint32(4, this.length, true);
    view.setUint32(8, this.#offset, true);
    frame.append(recordKinds.part, head, ...this.#take(bytes));
    return this.remainingBytes === 0;
  }

  #take(bytes: number): Uint8Array[] {
    const taken: Uint8Array[] = [];
    this.#offset += bytes;
    while (bytes > 0) {
      const piece = this.#pieces[this.#piece];
      if (piece === undefined) break;
      const slice = piece.subarray(this.#pieceOffset, this.#pieceOffset + bytes);
      taken.push(slice);
      bytes -= slice.length;
      this.#pieceOffset += slice.length;
      if (this.#pieceOffset === piece.length) {
        this.#piece++;
        this.#pieceOffset = 0;
      }
    }
    return taken;
  }
}
