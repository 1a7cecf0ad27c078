import type { Message } from '@longline/ros';
import type { DoorSocket } from './DoorSocket.ts';

/** One subscription's place in a {@link ReaderQueue}. */
export interface QueueSlot {
  /** So many of its messages wait at most; beyond it the oldest goes. At least 1. */
  readonly depth: number;
  /** Called when the message leaves, so that what is dropped is never encoded. Several frames where it is fragmented. */
  encode(message: Message): string | Uint8Array | readonly (string | Uint8Array)[];
  /** So many of its messages were dropped because the reader is slow. */
  handleDropped(count: number): void;
}

/** What a {@link ReaderQueue} is given. */
export interface ReaderQueueOptions {
  readonly socket: DoorSocket;
  /** Bytes of the messages that wait. Default 16 MiB. */
  readonly maxBytes?: number | undefined;
  /** Bytes of answers that wait; beyond it the reader is closed. Default 16 MiB. */
  readonly maxAnswerBytes?: number | undefined;
}

/** While the socket holds more than this, messages wait here, where they can still be replaced, in bytes. */
const SOCKET_MARK_BYTES = 256 * 1024;

interface Waiting {
  readonly message: Message;
  readonly bytes: number;
  /** When it may leave at the latest beside others: small ones first, and none waits for ever. */
  readonly rank: number;
}

/** A message of so many bytes lets small ones that come within a millisecond after it pass before it. */
const BYTES_PER_MS = 1_000;
const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;

/**
 * What goes out to one reader. While its socket takes everything, everything leaves at once. A slow reader's messages wait: the newest of each
 * subscription, small ones before large ones, in bounded memory; answers are never dropped.
 */
export class ReaderQueue {
  readonly #socket: DoorSocket;
  readonly #maxBytes: number;
  readonly #maxAnswerBytes: number;
  readonly #slots = new Map<QueueSlot, Waiting[]>();
  #bytes = 0;
  #isClosed = false;

  constructor(options: ReaderQueueOptions) {
    this.#socket = options.socket;
    this.#maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
    this.#maxAnswerBytes = options.maxAnswerBytes ?? DEFAULT_MAX_BYTES;
  }

  /** Bytes of the messages that wait. */
  get waitingBytes(): number {
    return this.#bytes;
  }

  /** An answer, a status, an advertisement: at once, in order. A reader that takes none of them is closed with 1008. */
  send(data: string | Uint8Array): void {
    if (this.#isClosed) return;
    this.#socket.send(data);
    if (this.#socket.bufferedBytes <= this.#maxAnswerBytes) return;
    this.close();
    this.#socket.close(1008, 'the reader takes no data');
  }

  /** A message of a subscription. `nowMs` is monotonic. */
  push(slot: QueueSlot, message: Message, nowMs: number): void {
    if (this.#isClosed) return;
    if (this.#bytes === 0 && this.#hasRoom) {
      this.#leave(slot, message);
      return;
    }
    const bytes = message.data.length;
    let waiting = this.#slots.get(slot);
    if (waiting === undefined) this.#slots.set(slot, (waiting = []));
    waiting.push({ message, bytes: bytes + 1, rank: nowMs + bytes / BYTES_PER_MS });
    this.#bytes += bytes + 1;
    if (waiting.length > slot.depth) this.#drop(slot, waiting);
    while (this.#bytes > this.#maxBytes) this.#dropLargest();
    this.handleWritable();
  }

  /** A subscription ended: its messages are not wanted any more. */
  forget(slot: QueueSlot): void {
    for (const { bytes } of this.#slots.get(slot) ?? []) this.#bytes -= bytes;
    this.#slots.delete(slot);
  }

  /** The socket took something. */
  handleWritable(): void {
    while (this.#bytes > 0 && this.#hasRoom && !this.#isClosed) {
      const [slot, waiting] = this.#next();
      const first = waiting.shift();
      if (first === undefined) return;
      this.#bytes -= first.bytes;
      if (waiting.length === 0) this.#slots.delete(slot);
      this.#leave(slot, first.message);
    }
  }

  /** Forgets what waits. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#slots.clear();
    this.#bytes = 0;
  }

  get #hasRoom(): boolean {
    return this.#socket.bufferedBytes < SOCKET_MARK_BYTES;
  }

  #leave(slot: QueueSlot, message: Message): void {
    const frames = slot.encode(message);
    if (typeof frames === 'string' || frames instanceof Uint8Array) this.#socket.send(frames);
    else for (const frame of frames) this.#socket.send(frame);
  }

  /** The subscription whose first message is due first. */
  #next(): [QueueSlot, Waiting[]] {
    let best: [QueueSlot, Waiting[]] | undefined;
    let bestRank = Number.POSITIVE_INFINITY;
    for (const entry of this.#slots) {
      const rank = entry[1][0]?.rank ?? Number.POSITIVE_INFINITY;
      if (best === undefined || rank < bestRank) [best, bestRank] = [entry, rank];
    }
    if (best === undefined) throw new Error('bytes wait without a message');
    return best;
  }

  /** Of the subscription that holds most. */
  #dropLargest(): void {
    let largest: [QueueSlot, Waiting[]] | undefined;
    let most = -1;
    for (const entry of this.#slots) {
      const bytes = entry[1].reduce((sum, waiting) => sum + waiting.bytes, 0);
      if (bytes > most) [largest, most] = [entry, bytes];
    }
    if (largest !== undefined) this.#drop(...largest);
  }

  #drop(slot: QueueSlot, waiting: Waiting[]): void {
    const oldest = waiting.shift();
    if (oldest === undefined) return;
    this.#bytes -= oldest.bytes;
    if (waiting.length === 0) this.#slots.delete(slot);
    slot.handleDropped(1);
  }
}
