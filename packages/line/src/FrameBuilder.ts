import type { MessageParts } from '@longline/ros';
import { MESSAGE_HEADER_BYTES, RECORD_HEADER_BYTES, recordKinds } from './recordKinds.ts';
import type { RecordKind } from './recordKinds.ts';

const SMALLEST_BUFFER = 512;

/** Bytes that will all be written before they are sent: where the platform can, they are not cleared first. */
function allocate(bytes: number): Uint8Array<ArrayBuffer> {
  const { Buffer } = globalThis as { Buffer?: { allocUnsafeSlow(bytes: number): { readonly buffer: ArrayBuffer } } };
  return Buffer === undefined ? new Uint8Array(bytes) : new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer);
}

/** Writes records one after another into one frame. Bytes are copied once, here. */
export class FrameBuilder {
  #buffer = new Uint8Array(0);
  #view = new DataView(this.#buffer.buffer);
  #length = 0;
  #lastLength = 0;

  /** Bytes of the frame so far. */
  get length(): number {
    return this.#length;
  }

  /** Appends a record whose body is the given parts in order. */
  append(kind: RecordKind, ...parts: readonly Uint8Array[]): void {
    let bodyBytes = 0;
    for (const part of parts) bodyBytes += part.length;
    this.#startRecord(kind, bodyBytes);
    for (const part of parts) this.#write(part);
  }

  appendMessage(channelId: number, message: MessageParts): void {
    this.#startRecord(recordKinds.message, MESSAGE_HEADER_BYTES + message.data.length);
    const at = this.#length;
    this.#view.setUint32(at, channelId, true);
    this.#view.setUint32(at + 4, message.sequence, true);
    this.#view.setBigUint64(at + 8, message.logTime, true);
    this.#view.setBigUint64(at + 16, message.publishTime, true);
    this.#length = at + MESSAGE_HEADER_BYTES;
    this.#write(message.data);
  }

  /** Appends a whole message record received elsewhere, under this line's channel ID. */
  forwardMessage(channelId: number, record: Uint8Array): void {
    this.#reserve(record.length);
    const at = this.#length;
    this.#write(record);
    this.#view.setUint32(at + RECORD_HEADER_BYTES, channelId, true);
  }

  /** The finished frame, which the caller owns; the builder starts the next one. */
  take(): Uint8Array {
    const frame = this.#buffer.subarray(0, this.#length);
    this.#lastLength = this.#length;
    this.#buffer = new Uint8Array(0);
    this.#view = new DataView(this.#buffer.buffer);
    this.#length = 0;
    return frame;
  }

  #startRecord(kind: RecordKind, bodyBytes: number): void {
    this.#reserve(RECORD_HEADER_BYTES + bodyBytes);
    this.#view.setUint8(this.#length, kind);
    this.#view.setUint32(this.#length + 1, bodyBytes, true);
    this.#length += RECORD_HEADER_BYTES;
  }

  #write(bytes: Uint8Array): void {
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A new frame starts at the size of the one before, so that a steady stream allocates once a frame. */
  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const grown = allocate(
      this.#length === 0
        ? Math.max(needed, Math.min(Math.ceil(this.#lastLength * 1.25), 128 * 1024), SMALLEST_BUFFER)
        : Math.max(needed, this.#buffer.length * 2),
    );
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
    this.#view = new DataView(grown.buffer);
  }
}
