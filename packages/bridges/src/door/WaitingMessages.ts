import type { Message } from '@longline/ros';
import type { Ranked } from './RankedSlots.ts';
import type { QueueSlot } from './ReaderQueue.ts';

/** A message of so many bytes lets small ones that come within a millisecond after it pass before it. */
export const BYTES_PER_MS = 1_000;
/** What a waiting message takes besides its bytes. */
export const MESSAGE_OVERHEAD_BYTES = 128;

interface Entry {
  readonly message: Message;
  readonly bytes: number;
  readonly cameMs: number;
}

/** One subscription's place in one of the orders of a {@link ReaderQueue}. */
interface Place extends Ranked {
  readonly owner: WaitingMessages;
}

/** What of one subscription waits for a slow reader, oldest first, and when its turn is. */
export class WaitingMessages {
  readonly slot: QueueSlot;
  /** Its place by when it is due. */
  readonly due: Place = { owner: this, rank: 0, tie: 0, place: -1 };
  /** Its place by how much it holds. */
  readonly size: Place = { owner: this, rank: 0, tie: 0, place: -1 };
  readonly #entries: Entry[] = [];
  #bytes = 0;
  /** When it would have been its turn, had the message not been dropped. */
  #owedMs = Number.POSITIVE_INFINITY;

  constructor(slot: QueueSlot) {
    this.slot = slot;
  }

  get first(): Message | undefined {
    return this.#entries[0]?.message;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** When its turn is, on the clock of the messages' coming. */
  get dueMs(): number {
    const first = this.#entries[0];
    return first === undefined ? this.#owedMs : Math.min(this.#owedMs, first.cameMs + first.bytes / BYTES_PER_MS);
  }

  /** Bytes by which more waits. */
  add(message: Message, nowMs: number): number {
    const bytes = message.data.length + MESSAGE_OVERHEAD_BYTES;
    this.#entries.push({ message, bytes, cameMs: nowMs });
    this.#bytes += bytes;
    return bytes;
  }

  /** Whether the oldest is to go for the newer ones. */
  isOverfull(nowMs: number): boolean {
    const { depth, keepMs = Number.POSITIVE_INFINITY, keepBytes = Number.POSITIVE_INFINITY } = this.slot;
    const [first] = this.#entries;
    if (first === undefined || this.#entries.length < 2) return false;
    return this.#entries.length > depth || this.#bytes > keepBytes || nowMs - first.cameMs > keepMs;
  }

  /** The oldest is dropped; what comes after it has its turn. Bytes by which less waits. */
  drop(): number {
    this.#owedMs = this.dueMs;
    return this.#shift();
  }

  /** The oldest leaves. Bytes by which less waits. */
  take(): number {
    this.handleTurn();
    return this.#shift();
  }

  /** It had its turn. */
  handleTurn(): void {
    this.#owedMs = Number.POSITIVE_INFINITY;
  }

  #shift(): number {
    const bytes = this.#entries.shift()?.bytes ?? 0;
    this.#bytes -= bytes;
    return bytes;
  }
}
