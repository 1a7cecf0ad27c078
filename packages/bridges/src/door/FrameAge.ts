import type { Clock, Disposer } from '@longline/ros';
import type { CommandAge } from './DoorRobot.ts';

/** How often a reader that commands is pinged, in milliseconds. */
export const ACTIVE_PING_MS = 100;
/** How often any other reader is pinged, in milliseconds: its first command is to count as no older than a second or two. */
export const IDLE_PING_MS = 1_000;
/** After its last command a reader counts as one that commands for so long, in milliseconds. */
export const ACTIVE_FOR_MS = 10_000;
/**
 * Pings count from so long after the socket opened, in milliseconds: a client that flushes its queue on connecting has sent all of it
 * before it answers one of those.
 */
export const SETTLE_MS = 300;
/** Without a pong for so long the reader is gone, in milliseconds. */
export const SILENT_MS = 30_000;
/** Pings under way; beyond it none is sent until a pong comes. */
export const MAX_OPEN_PINGS = 1_000;

/** What a {@link FrameAge} is given. */
export interface FrameAgeOptions {
  readonly clock: Clock;
  readonly ping: (payload: Uint8Array) => void;
  /** The reader has not answered for 30 s. */
  readonly handleSilent: () => void;
}

/**
 * Bounds how old a reader's frames are, which carry no time: a frame that comes after a pong was sent after that ping left
 * here. Counts from when the socket opened; a client's own queue cannot be seen, but what a reconnecting client flushes at once is told by its
 * coming before the first answer.
 */
export class FrameAge {
  readonly #options: FrameAgeOptions;
  readonly #openedMs: number;
  /** When each ping under way was sent, by its number. */
  readonly #pings = new Map<number, number>();
  #nextPing = 0;
  /** When the newest ping whose pong came was sent. */
  #answeredMs: number;
  #settled = false;
  #commandedMs = Number.NEGATIVE_INFINITY;
  #cancel: Disposer;

  constructor(options: FrameAgeOptions) {
    this.#options = options;
    this.#openedMs = this.#answeredMs = options.clock.monotonicMs();
    this.#cancel = options.clock.after(SETTLE_MS, () => this.#ping());
  }

  /** How old a command that came now may be. */
  get(): CommandAge {
    const nowMs = this.#options.clock.monotonicMs();
    const wasIdle = nowMs - this.#commandedMs > ACTIVE_FOR_MS;
    this.#commandedMs = nowMs;
    if (wasIdle) this.#wake();
    return { ageMs: nowMs - this.#answeredMs, mayBeFlushed: !this.#settled };
  }

  handlePong(payload: Uint8Array): void {
    if (payload.length !== 4) return;
    const number = new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0);
    const sentMs = this.#pings.get(number);
    if (sentMs === undefined) return;
    for (const earlier of this.#pings.keys()) {
      if (earlier > number) break;
      this.#pings.delete(earlier);
    }
    this.#answeredMs = Math.max(this.#answeredMs, sentMs);
    this.#settled = true;
  }

  /** Idempotent. */
  close(): void {
    this.#cancel();
  }

  /** The bound of a reader that begins to command is to become small soon. */
  #wake(): void {
    if (this.#options.clock.monotonicMs() - this.#openedMs < SETTLE_MS) return;
    this.#cancel();
    this.#ping();
  }

  #ping(): void {
    const { clock, ping, handleSilent } = this.#options;
    const nowMs = clock.monotonicMs();
    if (this.#pings.size > 0 && nowMs - this.#answeredMs > SILENT_MS) {
      handleSilent();
      return;
    }
    const isActive = nowMs - this.#commandedMs <= ACTIVE_FOR_MS;
    this.#cancel = clock.after(isActive ? ACTIVE_PING_MS : IDLE_PING_MS, () => this.#ping());
    if (this.#pings.size >= MAX_OPEN_PINGS) return;
    const payload = new Uint8Array(4);
    const number = this.#nextPing++;
    new DataView(payload.buffer).setUint32(0, number);
    this.#pings.set(number, nowMs);
    ping(payload);
  }
}
