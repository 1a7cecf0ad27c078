import type { Lane } from './channelRecords.ts';

/** Most sockets of a line (clause 2.7). */
export const MAX_SOCKETS = 4;
/** An acknowledgement is late when it takes so many of the shortest round trips, and so much more, in milliseconds. */
const LATE_ROUND_TRIPS = 1.4;
const lateMs = (rttMs: number): number => Math.min(38, 10 + 0.62 * rttMs);
/** And acknowledgements are timely again from here on: a queue that empties is no new reason. */
const TIMELY_ROUND_TRIPS = 1.1;
const TIMELY_MS = 10;
/** So many late ones within {@link EVIDENCE_MS}, with timely ones between them, say that the path loses packets. */
const LATE_TO_BELIEVE = 3;
const EVIDENCE_MS = 10_000;
/** After so many round trips, and after so long, in milliseconds, a socket without an acknowledgement is stuck. */
const STUCK_ROUND_TRIPS = 4;
const STUCK_MS = 400;
/** Small messages travel twice for so long after an acknowledgement was late, in milliseconds. */
const COPY_MS = 10_000;
/** Sockets that were not needed for so long are closed, in milliseconds. */
const IDLE_MS = 60_000;
/** Bulk data gets sockets of its own when so much of it left in {@link EVIDENCE_MS}, in bytes. */
const BULK_BYTES = 64 * 1024;
/** Copies of urgent messages may take up to this share of the rate that the path carries. */
const COPY_SHARE = 0.25;
/** A socket that could not be had is tried again after so long, doubling up to the second, in milliseconds. */
const REFUSED_MS = 30_000;
const MOST_REFUSED_MS = 15 * 60_000;
/** Largest message that travels twice, in bytes. */
export const MOST_COPIED_BYTES = 2 * 1024;

/**
 * Decides how many sockets a line should have, and whether small urgent messages travel on two of them.
 *
 * A lost packet holds up what follows it on its TCP connection, for a round trip and more, and halves what the connection
 * carries. So on a path that loses packets (seen as acknowledgements that are late now and then, and timely in between) the
 * line gets a second socket for copies of small urgent messages, and two more for bulk data where there is any. A path that
 * loses none gets none of that: one queue can be kept shorter than three. A queue that grows makes many acknowledgements in
 * a row late, which counts once. An acknowledgement that stays out for long says that the link was gone for a moment:
 * a new connection works as soon as it is back, the old one when TCP's timer says so.
 */
export class SocketPlan {
  #late = false;
  #lateTimes: number[] = [];
  #believedMs = Number.NEGATIVE_INFINITY;
  #refusedUntilMs = Number.NEGATIVE_INFINITY;
  #refusals = 0;
  #mostSockets = MAX_SOCKETS;
  #bulkBytes = 0;
  #bulkSinceMs = Number.NEGATIVE_INFINITY;
  #urgentBytes = 0;
  #urgentSinceMs = Number.NEGATIVE_INFINITY;
  #urgentBytesPerMs = 0;
  /** The same as they were packed, which is what a copy takes. */
  #packedBytes = 0;
  #packedBytesPerMs = 0;

  /** Whether an acknowledgement takes so long that a packet was lost, or a queue stands. */
  isLate(awaitedMs: number, rttMs: number): boolean {
    return awaitedMs > rttMs * LATE_ROUND_TRIPS + lateMs(rttMs);
  }

  /** Whether a socket whose acknowledgement is awaited so long waits for TCP's doubled timer, which a new one does not. */
  isStuck(awaitedMs: number, rttMs: number): boolean {
    return awaitedMs > Math.max(STUCK_MS, rttMs * STUCK_ROUND_TRIPS);
  }

  /** An acknowledgement came, or is still awaited, after so long. `rttMs` is the shortest round trip. */
  handleAwaited(awaitedMs: number, rttMs: number, nowMs: number): void {
    if (this.isStuck(awaitedMs, rttMs)) this.#believedMs = nowMs;
    const late = this.#late ? awaitedMs > rttMs * TIMELY_ROUND_TRIPS + TIMELY_MS : this.isLate(awaitedMs, rttMs);
    if (late === this.#late) return;
    this.#late = late;
    if (!late) return;
    this.#lateTimes = [...this.#lateTimes.filter((atMs) => nowMs - atMs < EVIDENCE_MS), nowMs];
    if (this.#lateTimes.length >= LATE_TO_BELIEVE) this.#believedMs = nowMs;
  }

  /** A message left, in a lane; packed it has so many bytes. */
  handleSent(lane: Lane, bytes: number, nowMs: number, packedBytes = bytes): void {
    if (lane === 'bulk') {
      if (nowMs - this.#bulkSinceMs > EVIDENCE_MS) {
        this.#bulkSinceMs = nowMs;
        this.#bulkBytes = 0;
      }
      this.#bulkBytes += bytes;
      return;
    }
    if (lane === 'telemetry' || bytes > MOST_COPIED_BYTES) return;
    const elapsedMs = nowMs - this.#urgentSinceMs;
    if (elapsedMs > 1_000) {
      this.#urgentBytesPerMs = elapsedMs > 5_000 ? 0 : this.#urgentBytes / elapsedMs;
      this.#packedBytesPerMs = elapsedMs > 5_000 ? 0 : this.#packedBytes / elapsedMs;
      this.#urgentSinceMs = nowMs;
      this.#urgentBytes = 0;
      this.#packedBytes = 0;
    }
    this.#urgentBytes += bytes;
    this.#packedBytes += packedBytes;
  }

  /** Bytes of small urgent messages a millisecond, of late, before they were packed. */
  get urgentBytesPerMs(): number {
    return this.#urgentBytesPerMs;
  }

  /** A further socket could not be had. */
  handleRefused(sockets: number, nowMs: number): void {
    this.#mostSockets = Math.max(1, sockets);
    this.#refusedUntilMs = nowMs + Math.min(MOST_REFUSED_MS, REFUSED_MS * 2 ** this.#refusals++);
  }

  /** A further socket is open. */
  handleOpened(): void {
    this.#refusals = 0;
  }

  /** How many sockets the line should have, of `have`. */
  wanted(have: number, nowMs: number): number {
    if (nowMs >= this.#refusedUntilMs) this.#mostSockets = MAX_SOCKETS;
    const sinceMs = nowMs - this.#believedMs;
    if (sinceMs > IDLE_MS) return 1;
    if (sinceMs > COPY_MS) return have;
    const bulk = this.#bulkBytes >= BULK_BYTES && nowMs - this.#bulkSinceMs <= 2 * EVIDENCE_MS;
    return Math.min(this.#mostSockets, Math.max(have, bulk ? MAX_SOCKETS : 2));
  }

  /** Whether small urgent messages travel twice now, on a path of that rate. */
  copies(bytesPerMs: number, nowMs: number): boolean {
    return nowMs - this.#believedMs <= COPY_MS && this.#packedBytesPerMs <= bytesPerMs * COPY_SHARE;
  }
}
