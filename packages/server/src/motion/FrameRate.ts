import type { Clock } from '@longline/ros';

/** Frames and bytes of all motion under one lease in a second; what is beyond is refused with `RATE_BEYOND`. */
export const MAX_FRAMES_PER_SECOND = 1_000;
export const MAX_MOTION_BYTES_PER_SECOND = 4 * 1024 * 1024;

/** Bounds what the holder of a lease sends, so that a flood of frames delays nobody's stop. */
export class FrameRate {
  readonly #clock: Clock;
  #sinceMs = Number.NEGATIVE_INFINITY;
  #frames = 0;
  #bytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether a frame of that size may pass now. */
  allows(bytes: number): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#sinceMs >= 1_000) {
      this.#sinceMs = nowMs;
      this.#frames = this.#bytes = 0;
    }
    if (this.#frames >= MAX_FRAMES_PER_SECOND || this.#bytes + bytes > MAX_MOTION_BYTES_PER_SECOND) return false;
    this.#frames++;
    this.#bytes += bytes;
    return true;
  }
}
