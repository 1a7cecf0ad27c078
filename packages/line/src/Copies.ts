import type { MessageParts } from '@longline/ros';
import { Fifo } from './Fifo.ts';
import type { FrameBuilder } from './FrameBuilder.ts';
import type { LineCore } from './LineCore.ts';
import type { FramePacking } from './packed/FramePacking.ts';
import type { LinePacking } from './packed/LinePacking.ts';

/** Bytes of small messages kept until the first socket's acknowledgement; beyond it the oldest go. */
const KEPT_BYTES = 64 * 1024;
/** A socket for copies that has so many bytes under way is stuck itself, and gets no more. */
const STUCK_BYTES = 64 * 1024;

interface Kept {
  readonly id: number;
  readonly message: MessageParts;
  readonly bytes: number;
  /** It has arrived when so many bytes of the first socket have. */
  readonly endBytes: number;
}

/**
 * Second copies of small urgent messages, for another socket. While copies are wanted each message is one; when they begin to be
 * wanted, so is each that is under way, since it may be held up by what is lost. So both sockets carry each channel
 * complete and in order from some point on, and the side that receives may take whichever copy comes first.
 */
export class Copies {
  readonly #first: LineCore;
  readonly #kept = new Fifo<Kept>();
  #keptBytes = 0;
  #wanted = false;
  /** Of the present socket for copies: what is told as a difference belongs to one connection. */
  #packing: FramePacking | undefined;
  /** Those of {@link #kept} that were not copied yet. */
  readonly #waiting = new Fifo<Kept>();

  constructor(first: LineCore) {
    this.#first = first;
  }

  /** Whether copies are wanted from now on. */
  set(wanted: boolean): void {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    if (!wanted) return;
    this.#release();
    for (const kept of this.#kept) this.#waiting.push(kept);
  }

  /** A message was written into the first socket's frame. */
  handleTaken(id: number, message: MessageParts, bytes: number): void {
    // It is in the frame after what is there now.
    const kept = { id, message, bytes, endBytes: this.#first.pendingEndBytes + 1 };
    if (this.#wanted) this.#waiting.push(kept);
    this.#kept.push(kept);
    this.#keptBytes += bytes;
    this.#release();
    while (this.#keptBytes > KEPT_BYTES) this.#forget();
  }

  /** Writes the copies that wait into a frame of the other socket. */
  fill(frame: FrameBuilder, core: LineCore, packing: LinePacking | undefined): void {
    const isStuck = core.unacknowledgedBytes > STUCK_BYTES;
    this.#packing ??= packing?.forSocket();
    for (let copy = this.#waiting.shift(); copy !== undefined; copy = this.#waiting.shift()) {
      if (isStuck) continue;
      if (this.#packing?.place(copy.id, copy.message) !== true) frame.appendMessage(copy.id, copy.message);
    }
    this.#packing?.writeTo(frame);
  }

  /** The socket for copies closed; the next one begins anew. */
  handleSocketClosed(): void {
    this.#wanted = false;
    this.#packing = undefined;
    while (this.#waiting.length > 0) this.#waiting.shift();
  }

  #release(): void {
    while ((this.#kept.first?.endBytes ?? Number.POSITIVE_INFINITY) <= this.#first.acknowledgedBytes) this.#forget();
  }

  #forget(): void {
    this.#keptBytes -= this.#kept.shift()?.bytes ?? 0;
  }
}
