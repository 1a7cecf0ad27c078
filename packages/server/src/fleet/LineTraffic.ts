import type { Clock } from '@longline/ros';

/** The rate is that of the last two of such spans, the present one not yet over, in milliseconds. Heartbeats come every 2 s. */
const SPAN_MS = 2_000;
/** A line younger than this gives no rate that says anything, in milliseconds. */
const LEAST_SPAN_MS = 250;

/** Counts what came on one line, on all its sockets. */
export class LineTraffic {
  frames = 0;
  bytes = 0;
  messages = 0;
  readonly #clock: Clock;
  readonly #openedMs: number;
  #spanMs: number;
  #spanBytes = 0;
  #beforeBytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#openedMs = this.#spanMs = clock.monotonicMs();
  }

  handleFrame(bytes: number): void {
    this.frames++;
    this.bytes += bytes;
    this.#roll(this.#clock.monotonicMs());
    this.#spanBytes += bytes;
  }

  /** Of late: the span before counts for as much of it as the present one leaves. */
  get bytesPerSecond(): number {
    const nowMs = this.#clock.monotonicMs();
    this.#roll(nowMs);
    const left = 1 - (nowMs - this.#spanMs) / SPAN_MS;
    const ms = Math.min(SPAN_MS, Math.max(LEAST_SPAN_MS, nowMs - this.#openedMs));
    return (1_000 * (this.#spanBytes + this.#beforeBytes * left)) / ms;
  }

  #roll(nowMs: number): void {
    const spans = Math.floor((nowMs - this.#spanMs) / SPAN_MS);
    if (spans < 1) return;
    this.#beforeBytes = spans === 1 ? this.#spanBytes : 0;
    this.#spanBytes = 0;
    this.#spanMs += spans * SPAN_MS;
  }
}
