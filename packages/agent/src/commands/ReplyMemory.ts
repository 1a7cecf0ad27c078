import type { ReplyHeader } from '@longline/line';
import { forgottenReply } from './journalLine.ts';

/** Commands whose IDs and final replies are remembered; beyond it the oldest that have ended are forgotten. */
export const MAX_REMEMBERED = 10_000;
/** Bytes of all remembered payloads; beyond it the oldest payloads are forgotten, their final states stay. */
export const MAX_REMEMBERED_BYTES = 16 * 1024 * 1024;

interface Remembered {
  readonly fingerprint: string;
  reply: ReplyHeader | undefined;
  payload: Uint8Array;
}

const nothing = new Uint8Array(0);

/** Remembers which commands came and what was answered, so that a repeated ID is executed once. */
export class ReplyMemory {
  readonly #max: number;
  readonly #maxBytes: number;
  readonly #known = new Map<string, Remembered>();
  #bytes = 0;

  constructor(max = MAX_REMEMBERED, maxBytes = MAX_REMEMBERED_BYTES) {
    this.#max = max;
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#known.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Undefined for an ID never seen; without `reply` while the command runs. */
  get(id: string): Readonly<Remembered> | undefined {
    return this.#known.get(id);
  }

  /** A command begins. `fingerprint` names what it asks for. */
  add(id: string, fingerprint: string): void {
    this.#known.set(id, { fingerprint, reply: undefined, payload: nothing });
    for (const [oldest, { reply, payload }] of this.#known) {
      if (this.#known.size <= this.#max) break;
      // One that runs would be executed again; how many run at once has its own bound.
      if (reply === undefined) continue;
      this.#bytes -= payload.length;
      this.#known.delete(oldest);
    }
  }

  /** A command ended. */
  settle(reply: ReplyHeader, payload: Uint8Array): void {
    const entry = this.#known.get(reply.id);
    if (entry === undefined || entry.reply !== undefined) return;
    entry.reply = reply;
    entry.payload = payload;
    this.#bytes += payload.length;
    if (this.#bytes > this.#maxBytes) this.#forgetPayloads();
  }

  #forgetPayloads(): void {
    for (const entry of this.#known.values()) {
      if (this.#bytes <= this.#maxBytes) return;
      if (entry.reply === undefined || entry.payload.length === 0) continue;
      this.#bytes -= entry.payload.length;
      entry.payload = nothing;
      entry.reply = forgottenReply(entry.reply);
    }
  }
}
