import { topicPattern } from '@longline/ros';
import type { DeviceState } from '../fleet/DeviceState.ts';

/** A stop that stands. */
export interface PlainLatch {
  readonly outputs: string;
  readonly by: string;
  readonly sinceMs: number;
  readonly matches: (topic: string) => boolean;
}

/** Most latches; beyond it one for all takes their place. */
const MAX_LATCHES = 100;
/** The pattern of all outputs. */
export const ALL_OUTPUTS = '/**';

/** What is to be known of the motion of a plain device beyond its connection, for as long as the server runs. */
export class PlainMotionMemory {
  /** Of all leases so far. */
  highestToken = 0;
  /** Topics that may still move the device: their stop has not reached it. */
  readonly armed = new Set<string>();
  #latches: readonly PlainLatch[] = [];

  get latches(): readonly PlainLatch[] {
    return this.#latches;
  }

  latchOf(topic: string): PlainLatch | undefined {
    return this.#latches.find(({ matches }) => matches(topic));
  }

  /** Throws `PATTERN_INVALID`. The same pattern again changes nothing. */
  latch(outputs: string, by: string, sinceMs: number): void {
    const latch = { outputs, by, sinceMs, matches: topicPattern(outputs) };
    if (this.#latches.some((known) => known.outputs === outputs)) return;
    const all = { ...latch, outputs: ALL_OUTPUTS, matches: topicPattern(ALL_OUTPUTS) };
    this.#latches = this.#latches.length < MAX_LATCHES ? [...this.#latches, latch] : [all];
  }

  /** Removes the stops that the pattern names or matches; says false where stops stand and it is none of them. Throws `PATTERN_INVALID`. */
  release(outputs: string): boolean {
    const matches = topicPattern(outputs);
    const left = this.#latches.filter(
      (latch) => outputs !== ALL_OUTPUTS && latch.outputs !== outputs && !matches(latch.outputs),
    );
    const isNone = left.length > 0 && left.length === this.#latches.length;
    this.#latches = left;
    return !isNone;
  }
}

/** For as long as the server knows the device. */
const memories = new WeakMap<DeviceState, PlainMotionMemory>();

/** The one of a device, whichever connection it has. */
export function motionMemoryOf(device: DeviceState): PlainMotionMemory {
  let memory = memories.get(device);
  if (memory === undefined) memories.set(device, (memory = new PlainMotionMemory()));
  return memory;
}
