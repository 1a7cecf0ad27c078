import type { Message } from '@longline/ros';
import type { DoorSocket } from './DoorSocket.ts';
import { RankedSlots } from './RankedSlots.ts';
import { WaitingMessages } from './WaitingMessages.ts';

/** One subscription's place in a {@link ReaderQueue}. */
export interface QueueSlot {
  /** So many of its messages wait at most; beyond it the oldest goes. At least 1. */
  readonly depth: number;
  /** A message that waited longer than this goes when a newer one comes, in milliseconds. Default: no such bound. */
  readonly keepMs?: number | undefined;
  /** While its messages have more bytes than this, the oldest go; the newest stays. Default: no such bound. */
  readonly keepBytes?: number | undefined;
  /** Called when the message leaves, so that what is dropped is never encoded. Several frames where it is fragmented. Must not throw. */
  encode(message: Message): string | Uint8Array | readonly (string | Uint8Array)[];
  /** So many of its messages were dropped because the reader is slow. */
  handleDropped(count: number): void;
}

/** What a {@link ReaderQueue} is given. */
export interface ReaderQueueOptions {
  readonly socket: DoorSocket;
  /** Bytes of the messages that wait. Default 16 MiB. A larger message leaves only if there is room as it comes. */
  readonly maxBytes?: number | undefined;
  /** Bytes of answers that wait; beyond it the reader is closed. Default 16 MiB. */
  readonly maxAnswerBytes?: number | undefined;
}

/** While the socket holds more than this, messages wait here, where they can still be replaced, in bytes. */
export const SOCKET_MARK_BYTES = 256 * 1024;

const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;

/**
 * What goes out to one reader. While its socket takes everything, everything leaves at once. A slow reader's messages wait: the newest of each
 * subscription, small ones before large ones, in bounded memory; answers are never dropped.
 *
 * Each subscription that waits is due at the time its oldest message came, plus a millisecond for every
 * 1,000 bytes; it keeps that turn when the message is replaced by a newer one, so a large message waits but is never passed over for ever.
 */
export class ReaderQueue {
  readonly #socket: DoorSocket;
  readonly #maxBytes: number;
  readonly #maxAnswerBytes: number;
  readonly #slots = new Map<QueueSlot, WaitingMessages>();
  readonly #due = new RankedSlots<WaitingMessages['due']>();
  readonly #largest = new RankedSlots<WaitingMessages['size']>();
  #bytes = 0;
  /** Bytes of the message that left last: one alone may be larger than the answers may be. */
  #leftBytes = 0;
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

  /** Whether the socket takes more now. */
  get hasRoom(): boolean {
    return this.#socket.bufferedBytes < SOCKET_MARK_BYTES;
  }

  /** An answer, a status, an advertisement: at once, in order. A reader that takes none of them is closed with 1008. */
  send(data: string | Uint8Array): void {
    if (this.#isClosed) return;
    if (this.#socket.bufferedBytes <= this.#maxAnswerBytes + this.#leftBytes) {
      this.#socket.send(data);
      return;
    }
    this.close();
    this.#socket.close(1008, 'the reader takes no data');
  }

  /** A message of a subscription. `nowMs` is monotonic. */
  push(slot: QueueSlot, message: Message, nowMs: number): void {
    if (this.#isClosed) return;
    if (this.#bytes > 0) this.handleWritable();
    if (this.#bytes === 0 && this.hasRoom) {
      this.#slots.get(slot)?.handleTurn();
      this.#leave(slot, message);
      return;
    }
    const waiting = this.#waitingOf(slot);
    this.#bytes += waiting.add(message, nowMs);
    let dropped = 0;
    while (waiting.isOverfull(nowMs)) {
      this.#bytes -= waiting.drop();
      dropped++;
    }
    if (dropped > 0) slot.handleDropped(dropped);
    this.#rank(waiting);
    while (this.#bytes > this.#maxBytes) this.#dropLargest();
  }

  /** A subscription ended: its messages are not wanted any more. */
  forget(slot: QueueSlot): void {
    const waiting = this.#slots.get(slot);
    if (waiting === undefined) return;
    this.#bytes -= waiting.bytes;
    this.#slots.delete(slot);
    this.#due.remove(waiting.due);
    this.#largest.remove(waiting.size);
  }

  /** The socket took something. */
  handleWritable(): void {
    while (this.#bytes > 0 && this.hasRoom && !this.#isClosed) {
      const waiting = this.#due.first?.owner;
      const message = waiting?.first;
      if (waiting === undefined || message === undefined) return;
      this.#bytes -= waiting.take();
      this.#rank(waiting);
      this.#leave(waiting.slot, message);
    }
  }

  /** Forgets what waits. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#slots.clear();
    this.#due.clear();
    this.#largest.clear();
    this.#bytes = 0;
  }

  #waitingOf(slot: QueueSlot): WaitingMessages {
    let waiting = this.#slots.get(slot);
    if (waiting === undefined) this.#slots.set(slot, (waiting = new WaitingMessages(slot)));
    return waiting;
  }

  #leave(slot: QueueSlot, message: Message): void {
    const encoded = slot.encode(message);
    const frames = typeof encoded === 'string' || encoded instanceof Uint8Array ? [encoded] : encoded;
    this.#leftBytes = 0;
    for (const frame of frames) {
      this.#leftBytes += frame.length;
      this.#socket.send(frame);
    }
  }

  #rank(waiting: WaitingMessages): void {
    if (waiting.first === undefined) {
      this.#due.remove(waiting.due);
      this.#largest.remove(waiting.size);
      return;
    }
    this.#due.put(waiting.due, waiting.dueMs);
    // Of equally large ones that goes whose turn comes last, so that each gets its turn.
    this.#largest.put(waiting.size, -waiting.bytes, -waiting.dueMs);
  }

  /** Of the subscription that holds most. */
  #dropLargest(): void {
    const waiting = this.#largest.first?.owner;
    if (waiting === undefined) return;
    this.#bytes -= waiting.drop();
    this.#rank(waiting);
    waiting.slot.handleDropped(1);
  }
}
