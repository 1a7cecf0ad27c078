import type { Clock } from '@longline/ros';
import { PeerClock } from './PeerClock.ts';
import type { ClockEstimate, ClockSample } from './PeerClock.ts';

/** Bytes of a ping's body and of a pong's. */
export const BEAT_BYTES = 32;
/** Clock readings are rounded; less than this is no jump, in milliseconds. */
const CLOCK_TOLERANCE_MS = 1;
/** Bodies are copied into a frame at once, so that all lines share one. */
const body = new Uint8Array(BEAT_BYTES);
const bodyView = new DataView(body.buffer);
const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Pings and pongs of one socket, and what they tell of the other side's clocks (clauses 7.1 and 7.2). */
export class ClockExchange {
  readonly #clock: Clock;
  readonly #peer = new PeerClock();
  #pings = 0;
  #pingSentMs = Number.NaN;
  /** The clock of who sent the last pong, and ours when it came: told back with the next ping. */
  #pongSentMs = Number.NaN;
  #pongReceivedMs = Number.NaN;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Pings sent so far. */
  get pings(): number {
    return this.#pings;
  }

  /** The body of the next ping; valid until the next call of any exchange. */
  ping(): Uint8Array {
    this.#pings++;
    this.#pingSentMs = this.#clock.monotonicMs();
    bodyView.setFloat64(0, this.#pingSentMs, true);
    bodyView.setBigUint64(8, this.#clock.wallNs(), true);
    bodyView.setFloat64(16, this.#pongSentMs, true);
    bodyView.setFloat64(24, this.#pongReceivedMs, true);
    return body;
  }

  /** Answers a ping with the body of a pong, valid as that of a ping; says the round trip where the ping completed a measurement. */
  handlePing(
    ping: Uint8Array,
    receivedMs: number,
  ): { readonly pong: Uint8Array; readonly roundTripMs: number | undefined } {
    const view = viewOf(ping);
    const sentMs = view.getFloat64(0, true);
    const pongSentMs = view.getFloat64(16, true);
    const roundTripMs =
      pongSentMs !== this.#pongSentMs
        ? undefined
        : this.#take({
            t1: pongSentMs,
            t2: view.getFloat64(24, true),
            t3: sentMs,
            t4: receivedMs,
            peerWallNs: view.getBigUint64(8, true),
            ourWallNs: this.#clock.wallNs(),
          });
    this.#pongSentMs = this.#clock.monotonicMs();
    bodyView.setFloat64(0, sentMs, true);
    bodyView.setFloat64(8, receivedMs, true);
    bodyView.setFloat64(16, this.#pongSentMs, true);
    bodyView.setBigUint64(24, this.#clock.wallNs(), true);
    return { pong: body, roundTripMs };
  }

  /** Takes a pong, and says the round trip; undefined where it answers another ping than the last. */
  handlePong(pong: Uint8Array): number | undefined {
    const view = viewOf(pong);
    if (view.getFloat64(0, true) !== this.#pingSentMs) return undefined;
    this.#pongReceivedMs = this.#clock.monotonicMs();
    this.#pongSentMs = view.getFloat64(16, true);
    return this.#take({
      t1: this.#pingSentMs,
      t2: view.getFloat64(8, true),
      t3: this.#pongSentMs,
      t4: this.#pongReceivedMs,
      peerWallNs: view.getBigUint64(24, true),
      ourWallNs: this.#clock.wallNs(),
    });
  }

  /** What is known of the other side's clocks; undefined before the first measurement. */
  estimate(): ClockEstimate | undefined {
    return this.#peer.estimate(this.#clock.monotonicMs());
  }

  /**
   * How long what the other side stamped `sentMs` was under way, in milliseconds, error included: never less than the
   * truth. Before the clocks were compared, and when one of them has jumped, it is the age of the line, begun at `beganMs`.
   */
  transitMs(sentMs: number, beganMs: number): number {
    const nowMs = this.#clock.monotonicMs();
    const estimate = this.estimate();
    const lineAgeMs = nowMs - beganMs;
    if (estimate === undefined) return lineAgeMs;
    const elapsedMs = nowMs + estimate.offsetMs - sentMs;
    // From the future: a machine slept since the clocks were compared, and its clock stood still meanwhile.
    if (elapsedMs < -estimate.errorMs - CLOCK_TOLERANCE_MS) return lineAgeMs;
    return Math.min(Math.max(0, elapsedMs) + estimate.errorMs, lineAgeMs);
  }

  #take(sample: ClockSample): number {
    this.#peer.handleSample(sample);
    return sample.t4 - sample.t1 - (sample.t3 - sample.t2);
  }
}
