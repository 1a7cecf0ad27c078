import type { Disposer } from '@longline/ros';
import type { Principal } from '../access/Principal.ts';

/** A lease that was given back, or that the robot may or may not have: it counts as held until the robot says or its time ran out. */
export class FadingLease {
  readonly principal: Principal;
  readonly #cancel: Disposer;

  /** `cancel` ends the wait for its time to run out. */
  constructor(principal: Principal, cancel: Disposer) {
    this.principal = principal;
    this.#cancel = cancel;
  }

  close(): void {
    this.#cancel();
  }
}
