import { caseSeed, Dice } from './Dice.ts';
import type { Feed, FuzzRun, FuzzTarget } from './FuzzTarget.ts';

/** An input that takes the event loop for longer is a failure, in milliseconds. */
export const MAX_STALL_MS = 100;

/** What one case did. */
export interface Played {
  readonly frames: number;
  /** Of one input, in milliseconds of this thread's processor: what other programs take does not count. */
  readonly longestMs: number;
  readonly failure: Failure | undefined;
}

/** What does not hold, and with which input. */
export interface Failure {
  readonly what: string;
  readonly input: unknown;
}

const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};

/** Plays one case of a target, which the seed and its number determine. */
export async function playCase(target: FuzzTarget, run: FuzzRun, seed: number, index: number): Promise<Played> {
  let frames = 0;
  let longestMs = 0;
  let last: unknown;
  let slowest: unknown;
  const feed: Feed = (input, act) => {
    frames++;
    last = input;
    const startMs = cpuMs();
    const note = (): void => {
      const tookMs = cpuMs() - startMs;
      if (tookMs <= longestMs) return;
      longestMs = tookMs;
      slowest = input;
    };
    const result = act();
    if (result instanceof Promise) return result.finally(note) as typeof result;
    note();
    return result;
  };
  try {
    await run.play(new Dice(caseSeed(seed, target.name, index)), feed);
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { frames, longestMs, failure: { what, input: last } };
  }
  const isSlow = longestMs > MAX_STALL_MS;
  return {
    frames,
    longestMs,
    failure: isSlow ? { what: `one input took ${Math.round(longestMs)} ms`, input: slowest } : undefined,
  };
}
