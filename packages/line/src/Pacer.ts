import { RecentBest } from './RecentBest.ts';

/** Rate estimates forget what is older than this many round trips, and never sooner than {@link RATE_MEMORY_MS}. */
const RATE_MEMORY_ROUNDS = 8;
const RATE_MEMORY_MS = 400;
/** The shortest round trip is looked for in so long a time: a longer path is found after it, in milliseconds. */
const RTT_MEMORY_MS = 10_000;
/** A round trip up to so many times the shortest shows that the queue was empty. */
const SAME_RTT = 1.04;
/** Bytes above what the path holds, as time at the measured rate: keeps the path full, and shows when it opens. A short path fills again soon. */
const standingQueueMs = (rttMs: number): number => Math.min(4, 0.3 * rttMs);
/** The same for a line of several sockets: one that waits for a lost packet leaves its share of the path to the others. */
const sharedQueueMs = (rttMs: number): number => Math.min(13, standingQueueMs(rttMs) + 0.15 * rttMs);
/** A queue of so many times that is too long: the window is trimmed by steps. */
const LONG_QUEUES = 1.25;
const LONG_QUEUE_MS = 1;
const TRIM_STEP = 0.05;
const LEAST_TRIM = 0.7;
/** A queue of less than this share of it is too short, as where round trips vary: more has to be under way. */
const SHORT_QUEUES = 0.15;
const MOST_TRIM = 1.5;
/** The window is opened for one round in so many, to find out whether more fits: when the rate grows by so much and no queue shows, it does. */
const PROBE_EVERY_ROUNDS = 8;
const PROBE_GAIN = 1.15;
const PROBE_GROWTH = 1.08;
const PROBE_QUEUE_MS = 3;
/** The share of the path's bytes that may also stand in its queue, where round trips are long. */
const STANDING_QUEUE_SHARE = 0.1;
/** Urgent messages may exceed the window by what leaves in this time, in milliseconds. */
const RESERVE_MS = 25;
/** While the rate still grows, the window is so many times what the rate so far fills. */
const GROWTH_GAIN = 2;
/** The rate grows when a round brings so many times what the best one before brought. */
const GROWTH = 1.2;
/** Rounds without growth that end it. */
const ROUNDS_TO_SETTLE = 3;
/** A round trip so much longer than the shortest says that a queue stands: it ends the growth at once. */
const QUEUED_ROUND_TRIPS = 2.5;
const QUEUED_MS = 20;
/** Acknowledgements are timely again from here on; a rate of less than this share of the one before is then looked for anew. */
const TIMELY_ROUND_TRIPS = 1.4;
const STALLED_SHARE = 0.5;
/** Once settled, the window is drained this often to see the path's own round trip, and to a share that empties any queue. */
const DRAIN_EVERY_MS = 2_500;
const DRAIN_EVERY_ROUNDS = 12;
const DRAIN_GAIN = 0.5;
/**
 * A path with so short a round trip is near: what takes time there is the programs' own work, and a window that opens step by
 * step would only lose messages. It begins wide, keeps a longer queue, and is not drained.
 */
const NEAR_MS = 1;
const NEAR_WINDOW_BYTES = 4 * 1024 * 1024;
const NEAR_QUEUE_MS = 40;
const NEAR_CHUNK_BYTES = 64 * 1024;
/** One part or frame takes about this long at the measured rate, less on short paths: nothing more urgent waits longer for it. */
const CHUNK_MS = 7;
const LEAST_CHUNK_MS = 3;
const CHUNK_ROUND_TRIPS = 0.6;

/** Bounds of a {@link Pacer}. */
export interface PacerLimits {
  /** Window before anything was measured, in bytes. Default 8 KiB. */
  readonly firstWindowBytes: number;
  /** The window is never smaller, in bytes: one small packet may always be under way. Default 300. */
  readonly leastWindowBytes: number;
  /** The window is never larger, in bytes. Default 8 MiB. */
  readonly mostWindowBytes: number;
  /** Parts and frames of several messages are never smaller, in bytes. Default 400. */
  readonly leastChunkBytes: number;
  /** Parts are never larger, in bytes. Default 1 MiB. */
  readonly mostChunkBytes: number;
}

export const defaultPacerLimits: PacerLimits = {
  firstWindowBytes: 8 * 1024,
  leastWindowBytes: 300,
  mostWindowBytes: 8 * 1024 * 1024,
  leastChunkBytes: 400,
  mostChunkBytes: 1024 * 1024,
};

/** Remembered of a frame until its acknowledgement comes. */
export interface SentMark {
  readonly bytes: number;
  /** Total bytes sent on its socket, this frame included. */
  readonly endBytes: number;
  readonly sentMs: number;
  readonly deliveredBytes: number;
  readonly deliveredMs: number;
  readonly firstSentMs: number;
  /** The window had room left: the frame says what was offered, not what the path can carry. */
  readonly offered: boolean;
  /** It left while the window was drained: no queue of ours stood. */
  readonly drained: boolean;
}

/** What a pacer has found out. */
export interface PathEstimate {
  /** Shortest round trip of late, in milliseconds; undefined before the first acknowledgement. */
  readonly rttMs: number | undefined;
  /** The last round trip, queues included, in milliseconds. */
  readonly lastRttMs: number | undefined;
  /** Bytes a second that the path carries; what was offered, where that was less. */
  readonly bytesPerSecond: number | undefined;
  readonly windowBytes: number;
  readonly inFlightBytes: number;
}

/**
 * Keeps as many bytes under way as the path holds, and few more: what waits, waits in our lanes, where it can be replaced or
 * overtaken. The window is the measured delivery rate times the shortest round trip (BBR's model, draft-ietf-ccwg-bbr),
 * plus a short standing queue. All sockets of a line share one pacer, since they share the path.
 *
 * Loss does not shrink the window, only a lower rate does; a queue that others fill is seen as a longer round trip and not
 * mistaken for a longer path, because the window is drained every few seconds.
 */
export class Pacer {
  readonly #limits: PacerLimits;
  #rttMs = Number.NaN;
  /** What of it was the frame's own time on the path, which is no part of the path's. */
  #rttOwnMs = 0;
  #rttSeenMs = Number.NEGATIVE_INFINITY;
  /** The shortest round trip since the last drain began: takes the place of an estimate that has become too old. */
  #recentRttMs = Number.POSITIVE_INFINITY;
  #recentOwnMs = 0;
  #lastRttMs = Number.NaN;
  /** Rate samples in bytes per millisecond. */
  readonly #rates = new RecentBest();
  #rate = 0;
  #delivered = 0;
  #deliveredMs = Number.NaN;
  #firstSentMs = Number.NaN;
  #inFlight = 0;
  #growing = true;
  /** The first growth is over. */
  #isKnown = false;
  /** The rate when acknowledgements began to come late, while they do. */
  #rateBeforeStall: number | undefined;
  #bestRate = 0;
  #roundsWithoutGrowth = 0;
  /** A round ends when what was delivered exceeds what was under way at its start. */
  #roundEndsAt = 0;
  #rounds = 0;
  #roundWasFull = false;
  /** The shortest round trip of this round without the frame's own time on the path. */
  #roundRttMs = Number.POSITIVE_INFINITY;
  #gain = GROWTH_GAIN;
  #trim = 1;
  /** Frames sent before this tell no rate. */
  #gapEndMs = Number.NEGATIVE_INFINITY;
  #probing = false;
  #roundsSinceProbe = 0;
  #drainedMs = Number.NaN;
  /** The shortest round trip of frames that left drained, since the last drain began. */
  #drainedRttMs = Number.POSITIVE_INFINITY;
  #drainedOwnMs = 0;
  #drainedRound = 0;
  #window: number;

  /** The line has several sockets. */
  sharedBySockets = false;

  constructor(limits: Partial<PacerLimits> = {}) {
    const merged = { ...defaultPacerLimits, ...limits };
    this.#limits = { ...merged, firstWindowBytes: Math.min(merged.firstWindowBytes, merged.mostWindowBytes) };
    this.#window = this.#limits.firstWindowBytes;
  }

  /** Bytes that may be under way. */
  get windowBytes(): number {
    return this.#window;
  }

  /** Bytes under way on all sockets. */
  get inFlightBytes(): number {
    return this.#inFlight;
  }

  /** Urgent messages may leave beyond the window, up to so many bytes. */
  get reserveBytes(): number {
    return this.#rate * RESERVE_MS;
  }

  /** There is room for anything. */
  get hasRoom(): boolean {
    return this.#inFlight < this.#window;
  }

  /** There is room for urgent messages. */
  get hasUrgentRoom(): boolean {
    return this.#inFlight < this.#window + this.reserveBytes;
  }

  /** Bytes of one part, and of one frame of several messages. */
  get chunkBytes(): number {
    const { firstWindowBytes, leastChunkBytes, mostChunkBytes } = this.#limits;
    const nearBytes = this.#growing && this.isNear ? NEAR_CHUNK_BYTES : firstWindowBytes;
    const bytes = Math.floor(this.#rate * this.#chunkMs);
    if (!this.#isKnown && bytes < nearBytes) return nearBytes;
    return Math.min(mostChunkBytes, Math.max(leastChunkBytes, bytes));
  }

  /** What takes time on this path is the programs' own work. */
  get isNear(): boolean {
    return this.#rttMs <= NEAR_MS;
  }

  /** The rate is still being found out: what was carried so far says little about what could be. */
  get growing(): boolean {
    return this.#growing;
  }

  get estimate(): PathEstimate {
    return {
      rttMs: Number.isNaN(this.#rttMs) ? undefined : this.#rttMs,
      lastRttMs: Number.isNaN(this.#lastRttMs) ? undefined : this.#lastRttMs,
      bytesPerSecond: this.#rate === 0 ? undefined : this.#rate * 1000,
      windowBytes: this.#window,
      inFlightBytes: this.#inFlight,
    };
  }

  /** Bytes a millisecond that the path carries; 0 before anything was measured. */
  get bytesPerMs(): number {
    return this.#rate;
  }

  /** Shortest round trip in milliseconds; NaN before the first measurement. */
  get rttMs(): number {
    return this.#rttMs;
  }

  /** A frame leaves. The mark is given back with its acknowledgement; frames that ask for none need none. */
  handleSent(bytes: number, endBytes: number, nowMs: number): SentMark {
    if (this.#inFlight <= 0 || Number.isNaN(this.#deliveredMs)) {
      this.#firstSentMs = nowMs;
      this.#deliveredMs = nowMs;
    }
    const drained = this.#gain === DRAIN_GAIN && !this.#growing && this.#inFlight <= this.#window;
    this.#inFlight += bytes;
    const offered = this.#inFlight < this.#window;
    if (!offered) this.#roundWasFull = true;
    return {
      bytes,
      endBytes,
      sentMs: nowMs,
      deliveredBytes: this.#delivered,
      deliveredMs: this.#deliveredMs,
      firstSentMs: this.#firstSentMs,
      offered,
      drained,
    };
  }

  /** `bytes` more arrived, some of them written off before; `mark` is that of the newest frame that did, if it was marked. */
  handleAcknowledged(bytes: number, mark: SentMark | undefined, nowMs: number, writtenOffBytes = 0): void {
    this.#inFlight = Math.max(0, this.#inFlight - bytes + writtenOffBytes);
    this.#delivered += bytes - writtenOffBytes;
    this.#deliveredMs = nowMs;
    if (mark !== undefined) {
      this.#firstSentMs = mark.sentMs;
      const rttMs = nowMs - mark.sentMs;
      const ownMs = this.#rate > 0 ? mark.bytes / this.#rate : 0;
      this.#roundRttMs = Math.min(this.#roundRttMs, rttMs - ownMs);
      this.handleRoundTrip(rttMs, nowMs, ownMs);
      if (mark.drained && rttMs < this.#drainedRttMs) {
        this.#drainedRttMs = rttMs;
        this.#drainedOwnMs = ownMs;
      }
      this.#handleStall(rttMs);
      this.#handleRate(mark, nowMs);
    }
    if (this.#delivered >= this.#roundEndsAt) this.#endRound(nowMs);
    this.#setWindow();
  }

  /** What was under way on a socket never arrives, or not soon: the socket closed, or is stuck. */
  handleLost(bytes: number): void {
    this.#inFlight = Math.max(0, this.#inFlight - bytes);
  }

  /** A socket closed or got stuck: how fast what left until now arrives says nothing of the path. */
  handleGap(nowMs: number): void {
    this.#gapEndMs = nowMs;
    this.#rateBeforeStall ??= this.#rate;
  }

  /** A round trip was measured, by an acknowledgement or by a ping. `ownMs` of it the frame itself took on the path. */
  handleRoundTrip(rttMs: number, nowMs: number, ownMs = 0): void {
    if (!(rttMs >= 0)) return;
    this.#lastRttMs = rttMs;
    if (rttMs < this.#recentRttMs) {
      this.#recentRttMs = rttMs;
      this.#recentOwnMs = ownMs;
    }
    if (!(rttMs > this.#rttMs * SAME_RTT)) this.#rttSeenMs = nowMs;
    if (!(rttMs > this.#rttMs)) {
      this.#rttMs = rttMs;
      this.#rttOwnMs = ownMs;
      this.#setWindow();
    } else if (nowMs - this.#rttSeenMs > RTT_MEMORY_MS) {
      this.#rttMs = this.#recentRttMs;
      this.#rttOwnMs = this.#recentOwnMs;
      this.#rttSeenMs = nowMs;
      this.#recentRttMs = Number.POSITIVE_INFINITY;
    }
  }

  /** BBR's delivery rate: over the longer of the times that sending and acknowledging took. */
  #handleRate(mark: SentMark, nowMs: number): void {
    const elapsedMs = Math.max(nowMs - mark.deliveredMs, mark.sentMs - mark.firstSentMs);
    if (elapsedMs <= 0 || mark.sentMs < this.#gapEndMs) return;
    const rate = (this.#delivered - mark.deliveredBytes) / elapsedMs;
    // What was offered says only that the path carries at least so much, unless it waited in a queue.
    if (mark.offered && rate < this.#rate && !this.#isQueued(nowMs - mark.sentMs)) return;
    const memoryMs = Math.max(RATE_MEMORY_MS, RATE_MEMORY_ROUNDS * this.#rttMs);
    this.#rates.handle(rate, nowMs, memoryMs);
    this.#rate = this.#rates.best;
  }

  /** A stall that is over may have left too low a rate behind: what was delivered in it is what TCP repeated. */
  #handleStall(rttMs: number): void {
    if (this.#isQueued(rttMs)) {
      this.#rateBeforeStall ??= this.#rate;
    } else if (this.#rateBeforeStall !== undefined && rttMs <= TIMELY_ROUND_TRIPS * this.#rttMs) {
      if (this.#isKnown && this.#rate < this.#rateBeforeStall * STALLED_SHARE) this.#grow();
      this.#rateBeforeStall = undefined;
    }
  }

  #grow(): void {
    this.#growing = true;
    this.#bestRate = this.#rate;
    this.#roundsWithoutGrowth = 0;
  }

  /** So long a round trip says that a queue stands, or that a lost packet held it up. */
  #isQueued(rttMs: number): boolean {
    return rttMs > QUEUED_ROUND_TRIPS * this.#rttMs + QUEUED_MS;
  }

  get #chunkMs(): number {
    if (this.isNear || Number.isNaN(this.#rttMs)) return CHUNK_MS;
    return Math.min(CHUNK_MS, Math.max(LEAST_CHUNK_MS, CHUNK_ROUND_TRIPS * this.#rttMs));
  }

  get #queueMs(): number {
    if (this.isNear) return NEAR_QUEUE_MS;
    return this.sharedBySockets ? sharedQueueMs(this.#rttMs) : standingQueueMs(this.#rttMs);
  }

  #endRound(nowMs: number): void {
    this.#rounds++;
    this.#roundEndsAt = this.#delivered + this.#inFlight;
    if (this.#growing) this.#look(nowMs);
    else this.#steer(nowMs);
    this.#roundWasFull = false;
    this.#roundRttMs = Number.POSITIVE_INFINITY;
  }

  /** Does the rate still grow with the window? */
  #look(nowMs: number): void {
    if (!this.#roundWasFull) return;
    const queued = this.#isQueued(this.#lastRttMs);
    if (this.#rate >= this.#bestRate * GROWTH && !queued) {
      this.#bestRate = this.#rate;
      this.#roundsWithoutGrowth = 0;
      return;
    }
    this.#bestRate = Math.max(this.#bestRate, this.#rate);
    if (++this.#roundsWithoutGrowth < ROUNDS_TO_SETTLE && !queued) return;
    this.#growing = false;
    this.#isKnown = true;
    this.#drain(nowMs);
  }

  /** The settled state: a short queue stands, a longer one is taken back, now and then more is tried. */
  #steer(nowMs: number): void {
    this.#gain = 1;
    if (this.isNear) return;
    if (Number.isFinite(this.#drainedRttMs) && this.#rounds > this.#drainedRound + 1) this.#believeDrained(nowMs);
    const isSeen = nowMs - this.#rttSeenMs < DRAIN_EVERY_MS;
    if (
      !isSeen &&
      nowMs - this.#drainedMs >= DRAIN_EVERY_MS &&
      this.#rounds - this.#drainedRound >= DRAIN_EVERY_ROUNDS
    ) {
      this.#drain(nowMs);
      return;
    }
    if (!this.#roundWasFull) return;
    const queuedMs = this.#roundRttMs - (this.#rttMs - this.#rttOwnMs);
    if (this.#probing && this.#rate >= this.#bestRate * PROBE_GROWTH && queuedMs < PROBE_QUEUE_MS) {
      this.#grow();
    }
    this.#probing = ++this.#roundsSinceProbe >= PROBE_EVERY_ROUNDS;
    if (this.#probing) {
      this.#roundsSinceProbe = 0;
      this.#bestRate = this.#rate;
      this.#gain = PROBE_GAIN;
      return;
    }
    if (queuedMs > LONG_QUEUES * this.#queueMs + LONG_QUEUE_MS) {
      this.#trim = Math.max(LEAST_TRIM, this.#trim - TRIM_STEP);
    } else if (this.sharedBySockets) {
      // Where packets get lost short round trips say little: those behind a lost one are not among them.
      this.#trim = Math.min(1, this.#trim + TRIM_STEP / 2);
    } else if (queuedMs < SHORT_QUEUES * this.#queueMs) {
      this.#trim = Math.min(MOST_TRIM, this.#trim + TRIM_STEP);
    } else {
      this.#trim += Math.max(-TRIM_STEP, Math.min(TRIM_STEP, 1 - this.#trim)) / 4;
    }
  }

  /** What was seen while no queue of ours stood is the path's own round trip, though a shorter one was seen before. */
  #believeDrained(nowMs: number): void {
    if (this.#drainedRttMs > this.#rttMs * SAME_RTT) {
      this.#rttMs = this.#drainedRttMs;
      this.#rttOwnMs = this.#drainedOwnMs;
      this.#recentRttMs = Number.POSITIVE_INFINITY;
      this.#trim = 1;
    }
    this.#rttSeenMs = nowMs;
    this.#drainedRttMs = Number.POSITIVE_INFINITY;
  }

  #drain(nowMs: number): void {
    this.#gain = DRAIN_GAIN;
    this.#drainedRttMs = Number.POSITIVE_INFINITY;
    this.#drainedMs = nowMs;
    this.#drainedRound = this.#rounds;
  }

  #setWindow(): void {
    const { firstWindowBytes, leastWindowBytes, mostWindowBytes } = this.#limits;
    const { isNear } = this;
    const path = this.#rate === 0 ? 0 : this.#rate * this.#rttMs;
    const queue =
      this.#gain < 1 || this.#rate === 0 ? 0 : Math.max(this.#rate * this.#queueMs, path * STANDING_QUEUE_SHARE);
    const first = isNear ? Math.max(firstWindowBytes, NEAR_WINDOW_BYTES) : firstWindowBytes;
    const least = this.#growing && !this.#isKnown ? Math.min(first, mostWindowBytes) : leastWindowBytes;
    const gain = this.#growing ? GROWTH_GAIN : this.#gain * this.#trim;
    this.#window = Math.min(mostWindowBytes, Math.max(least, gain * path + queue));
  }
}
