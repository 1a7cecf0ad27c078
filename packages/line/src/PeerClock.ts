/** What is known of the other side's clocks. */
export interface ClockEstimate {
  /** Add to our monotonic milliseconds to get the peer's. */
  readonly offsetMs: number;
  /** The offset is right within this many milliseconds: half the round trip it came from, plus drift since. */
  readonly errorMs: number;
  /** Add to our wall nanoseconds to get the peer's. */
  readonly wallOffsetNs: bigint;
  /** The round trip of the sample used, in milliseconds. */
  readonly roundTripMs: number;
}

/** One ping and its pong, all in milliseconds: t1, t4 on our monotonic clock, t2, t3 on the peer's. */
export interface ClockSample {
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
  readonly t4: number;
  /** Our wall clock at t4 and the peer's at t3, in nanoseconds. */
  readonly ourWallNs: bigint;
  readonly peerWallNs: bigint;
}

const KEPT_SAMPLES = 8;
/** Two quartz clocks part by at most this much (RFC 5905 takes 15 ppm for one; hot robots are worse). */
const DRIFT_MS_PER_MS = 100e-6;
/** Readings of large clocks are rounded by less than this. */
const ROUNDING_MS = 0.01;

/** Numbers kept of a sample, one after another: when it was complete, round trip, offset and the wall clocks' offset in ns. */
const SAMPLE_NUMBERS = 4;

/**
 * Estimates the offset to the peer's clocks from pings, as NTP does (RFC 5905, clause 8): the sample with the shortest
 * round trip of the last eight bounds the error best.
 *
 * A server has one for each robot: it keeps plain numbers in one array, which is written over and over.
 */
export class PeerClock {
  #kept: number[] | undefined;
  #count = 0;
  /** Where the next sample goes. */
  #next = 0;

  handleSample(sample: ClockSample): void {
    const { t1, t2, t3, t4, peerWallNs, ourWallNs } = sample;
    const roundTripMs = t4 - t1 - (t3 - t2);
    // Not a number fails here too.
    if (!(isPlausible(t1) && isPlausible(t2) && isPlausible(t3) && isPlausible(t4))) return;
    if (t3 < t2 || roundTripMs < 0) return;
    const offsetMs = (t2 - t1 + (t3 - t4)) / 2;
    if (this.#contradicts(t4, roundTripMs, offsetMs)) this.#count = this.#next = 0;
    const kept = (this.#kept ??= new Array<number>(KEPT_SAMPLES * SAMPLE_NUMBERS).fill(Number.NaN));
    const at = this.#next * SAMPLE_NUMBERS;
    kept[at] = t4;
    kept[at + 1] = roundTripMs;
    kept[at + 2] = offsetMs;
    // Exact to the microsecond, however far the clocks are apart.
    kept[at + 3] = Number(peerWallNs - ourWallNs) + (t4 - t3 + offsetMs) * 1e6;
    this.#next = (this.#next + 1) % KEPT_SAMPLES;
    this.#count = Math.min(this.#count + 1, KEPT_SAMPLES);
  }

  /** The present estimate, or undefined before the first pong. `nowMs` is our monotonic clock. */
  estimate(nowMs: number): ClockEstimate | undefined {
    const kept = this.#kept;
    const best = this.#best(nowMs);
    if (kept === undefined || best === undefined) return undefined;
    const newest = ((this.#next + KEPT_SAMPLES - 1) % KEPT_SAMPLES) * SAMPLE_NUMBERS;
    return {
      offsetMs: kept[best + 2] ?? 0,
      errorMs: errorMs(kept, best, nowMs),
      wallOffsetNs: BigInt(Math.round(kept[best + 3] ?? 0)),
      roundTripMs: kept[newest + 1] ?? 0,
    };
  }

  /** Where the sample with the smallest error begins; of equal ones the newest. */
  #best(nowMs: number): number | undefined {
    if (this.#kept === undefined) return undefined;
    let best: number | undefined;
    let bestErrorMs = Number.POSITIVE_INFINITY;
    for (let back = this.#count; back > 0; back--) {
      const at = ((this.#next + KEPT_SAMPLES - back) % KEPT_SAMPLES) * SAMPLE_NUMBERS;
      const sampleErrorMs = errorMs(this.#kept, at, nowMs);
      if (sampleErrorMs > bestErrorMs) continue;
      best = at;
      bestErrorMs = sampleErrorMs;
    }
    return best;
  }

  /** Both cannot be right: a machine slept between, and its clock stood still. Only the newer one holds. */
  #contradicts(nowMs: number, roundTripMs: number, offsetMs: number): boolean {
    const best = this.#best(nowMs);
    if (this.#kept === undefined || best === undefined) return false;
    const possibleMs = errorMs(this.#kept, best, nowMs) + roundTripMs / 2 + ROUNDING_MS;
    return Math.abs(offsetMs - (this.#kept[best + 2] ?? 0)) > possibleMs;
  }
}

const isPlausible = (ms: number): boolean => Math.abs(ms) < Number.MAX_SAFE_INTEGER;

/** How wrong the sample that begins there may be by now, in milliseconds. */
const errorMs = (kept: readonly number[], at: number, nowMs: number): number =>
  (kept[at + 1] ?? 0) / 2 + (nowMs - (kept[at] ?? 0)) * DRIFT_MS_PER_MS;
