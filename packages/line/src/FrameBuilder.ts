import type { MessageParts } from '@longline/ros';
import { MESSAGE_HEADER_BYTES, RECORD_HEADER_BYTES, recordKinds } from './recordKinds.ts';
import type { RecordKind } from './recordKinds.ts';

/** Frames up to this many bytes are built in shared memory and copied out when they are whole. */
const SMALL_BYTES = 2048;
/** So many pieces of it are kept for the next frames: builders at work at the same moment. */
const KEPT_SCRATCHES = 64;

/** Memory to build a frame in. A builder without a frame has none: an idle line must cost nothing. */
interface Scratch {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

const scratches: Scratch[] = [];
const none: Scratch = { bytes: new Uint8Array(0), view: new DataView(new ArrayBuffer(0)) };

/** What of Node's Buffer is used where there is one. */
interface NodeBuffers {
  /** From a pool, for small sizes. */
  allocUnsafe(bytes: number): Uint8Array;
  allocUnsafeSlow(bytes: number): Uint8Array;
}

const { Buffer: nodeBuffers } = globalThis as { readonly Buffer?: NodeBuffers };

/** Bytes that will all be written before they are sent: where the platform can, they are not cleared first. */
function scratchOf(bytes: number): Scratch {
  const { buffer } = nodeBuffers === undefined ? new Uint8Array(bytes) : nodeBuffers.allocUnsafeSlow(bytes);
  return { bytes: new Uint8Array(buffer), view: new DataView(buffer) };
}

function copyOf(bytes: Uint8Array): Uint8Array {
  if (nodeBuffers === undefined) return bytes.slice();
  const { buffer, byteOffset } = nodeBuffers.allocUnsafe(bytes.length);
  const copy = new Uint8Array(buffer, byteOffset, bytes.length);
  copy.set(bytes);
  return copy;
}

/** Writes records one after another into one frame. Bytes are copied once, here; those of small frames once more. */
export class FrameBuilder {
  #scratch = none;
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
    this.#scratch.view.setUint32(at, channelId, true);
    this.#scratch.view.setUint32(at + 4, message.sequence, true);
    this.#scratch.view.setBigUint64(at + 8, message.logTime, true);
    this.#scratch.view.setBigUint64(at + 16, message.publishTime, true);
    this.#length = at + MESSAGE_HEADER_BYTES;
    this.#write(message.data);
  }

  /** Appends a whole message record received elsewhere, under this line's channel ID. */
  forwardMessage(channelId: number, record: Uint8Array): void {
    this.#reserve(record.length);
    const at = this.#length;
    this.#write(record);
    this.#scratch.view.setUint32(at + RECORD_HEADER_BYTES, channelId, true);
  }

  /** The finished frame, which the caller owns; the builder starts the next one. */
  take(): Uint8Array {
    const { bytes } = this.#scratch;
    const frame = bytes.subarray(0, this.#length);
    this.#lastLength = this.#length;
    this.#length = 0;
    if (bytes.length !== SMALL_BYTES) {
      this.#scratch = none;
      return frame;
    }
    const copy = copyOf(frame);
    this.#leaveScratch();
    return copy;
  }

  #startRecord(kind: RecordKind, bodyBytes: number): void {
    this.#reserve(RECORD_HEADER_BYTES + bodyBytes);
    this.#scratch.view.setUint8(this.#length, kind);
    this.#scratch.view.setUint32(this.#length + 1, bodyBytes, true);
    this.#length += RECORD_HEADER_BYTES;
  }

  #write(bytes: Uint8Array): void {
    this.#scratch.bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A new frame starts at the size of the one before, so that a steady stream allocates once a frame. */
  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    const { bytes: before } = this.#scratch;
    if (needed <= before.length) return;
    const wanted =
      this.#length === 0
        ? Math.max(needed, Math.min(Math.ceil(this.#lastLength * 1.25), 128 * 1024))
        : Math.max(needed, before.length * 2);
    const grown = wanted <= SMALL_BYTES ? (scratches.pop() ?? scratchOf(SMALL_BYTES)) : scratchOf(wanted);
    grown.bytes.set(before.subarray(0, this.#length));
    if (before.length === SMALL_BYTES) this.#leaveScratch();
    this.#scratch = grown;
  }

  #leaveScratch(): void {
    if (scratches.length < KEPT_SCRATCHES) scratches.push(this.#scratch);
    this.#scratch = none;
  }
}
