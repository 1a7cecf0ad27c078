import type { DriveKey } from './parseKeys.ts';

/** Which way: -1, 0 or 1. Positive is forward, and to the left, as in ROS. */
export interface Direction {
  readonly linear: number;
  readonly angular: number;
}

/** A key that was pressed once counts as held for so long, until the keyboard begins to repeat it, in milliseconds. */
export const FIRST_MS = 600;
/** One that is being repeated counts as released when no repeat came for so long, in milliseconds. */
export const REPEAT_MS = 200;

interface Held {
  readonly sign: number;
  readonly untilMs: number;
}

/**
 * Which direction keys are held. Terminals tell only presses and repeats, never releases: a key that is not repeated in time is
 * released. Any other key releases all.
 */
export class HeldKeys {
  #linear: Held | undefined;
  #angular: Held | undefined;

  handleKey(key: DriveKey, nowMs: number): void {
    if (key === 'forward' || key === 'back') this.#linear = press(this.#linear, key === 'forward' ? 1 : -1, nowMs);
    else if (key === 'left' || key === 'right') this.#angular = press(this.#angular, key === 'left' ? 1 : -1, nowMs);
    else this.release();
  }

  release(): void {
    this.#linear = this.#angular = undefined;
  }

  direction(nowMs: number): Direction {
    return { linear: signOf(this.#linear, nowMs), angular: signOf(this.#angular, nowMs) };
  }
}

function press(before: Held | undefined, sign: number, nowMs: number): Held {
  const isRepeat = before !== undefined && before.sign === sign && nowMs < before.untilMs;
  return { sign, untilMs: nowMs + (isRepeat ? REPEAT_MS : FIRST_MS) };
}

const signOf = (held: Held | undefined, nowMs: number): number =>
  held !== undefined && nowMs < held.untilMs ? held.sign : 0;
