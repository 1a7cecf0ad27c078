import type { Principal } from '../access/Principal.ts';

/** A word about the lease of a device. */
export interface LeaseWord {
  readonly device: string;
  readonly principal: Principal;
  /** How old it is already, in milliseconds. Default 0. */
  readonly ageMs?: number | undefined;
  /** Up to this age of the word the robot's answer is waited for, in milliseconds; 5,000 at most and by default. */
  readonly deadlineMs?: number | undefined;
}

/** Takes it. */
export interface LeaseTake extends LeaseWord {
  /** It is over so long after its holder's last word, in milliseconds: 200 to 60,000. */
  readonly holdMs: number;
  /** Also from who holds it. Default false. */
  readonly takeOver?: boolean | undefined;
}

/** Gives it back. */
export interface LeaseRelease extends LeaseWord {
  readonly token: number;
}

/** Renews it: it lasts `holdMs` from when this was said. */
export interface LeaseRenewal extends LeaseRelease {
  readonly holdMs: number;
}
