import type { Dice } from './Dice.ts';

/** Feeds one input to what is tried; what `act` throws is a failure. It is timed, and told when it takes too long. */
export type Feed = <T>(input: unknown, act: () => T) => T;

/** A target made ready: it plays cases until the run ends. */
export interface FuzzRun {
  /**
   * Plays one case: whatever it does follows from the dice alone, so that it can be repeated. Each input goes through `feed`. Throws
   * where a claim does not hold.
   */
  play(dice: Dice, feed: Feed): void | Promise<void>;
  close?(): Promise<void>;
}

/** A decoder, a door or a machine that takes what others send. */
export interface FuzzTarget {
  readonly name: string;
  /** Share of the time, beside the other targets. Default 1. */
  readonly weight?: number;
  open(): FuzzRun | Promise<FuzzRun>;
}

/** A claim that does not hold. */
export class ClaimBroken extends Error {
  override readonly name = 'ClaimBroken';
}

export function claim(holds: boolean, what: string): asserts holds {
  if (!holds) throw new ClaimBroken(what);
}
