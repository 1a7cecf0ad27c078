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

/**
 * Estimates the offset to the peer's clocks from pings, as NTP does (RFC 5905, clause 8): the sample with the shortest
 * round trip of the last eight bounds the error best.
 */
export class PeerClock {
  #samples: ClockSample[] = [];

  handleSample(sample: ClockSample): void {
    const plausible = [sample.t1, sample.t2, sample.t3, sample.t4].every(
      (ms) => Math.abs(ms) < Number.MAX_SAFE_INTEGER,
    );
    if (!plausible || sample.t3 < sample.t2 || roundTrip(sample) < 0) return;
    if (this.#contradicts(sample)) this.#samples = [];
    this.#samples.push(sample);
    if (this.#samples.length > KEPT_SAMPLES) this.#samples.shift();
  }

  /** The present estimate, or undefined before the first pong. `nowMs` is our monotonic clock. */
  estimate(nowMs: number): ClockEstimate | undefined {
    let best: ClockSample | undefined;
    let bestErrorMs = Number.POSITIVE_INFINITY;
    for (const sample of this.#samples) {
      const errorMs = roundTrip(sample) / 2 + (nowMs - sample.t4) * DRIFT_MS_PER_MS;
      if (errorMs <= bestErrorMs) {
        best = sample;
        bestErrorMs = errorMs;
      }
    }
    if (best === undefined) return undefined;
    const offsetMs = offset(best);
    const sinceT3Ms = best.t4 - (best.t3 - offsetMs);
    const newest = this.#samples[this.#samples.length - 1] ?? best;
    return {
      offsetMs,
      errorMs: bestErrorMs,
      wallOffsetNs: best.peerWallNs + BigInt(Math.round(sinceT3Ms * 1e6)) - best.ourWallNs,
      roundTripMs: roundTrip(newest),
    };
  }

  /** Both cannot be right: a machine slept between, and its clock stood still. Only the newer one holds. */
  #contradicts(sample: ClockSample): boolean {
    const before = this.estimate(sample.t4);
    if (before === undefined) return false;
    const possibleMs = before.errorMs + roundTrip(sample) / 2 + ROUNDING_MS;
    return Math.abs(offset(sample) - before.offsetMs) > possibleMs;
  }
}

const offset = (sample: ClockSample): number => (sample.t2 - sample.t1 + (sample.t3 - sample.t4)) / 2;
const roundTrip = (sample: ClockSample): number => sample.t4 - sample.t1 - (sample.t3 - sample.t2);
