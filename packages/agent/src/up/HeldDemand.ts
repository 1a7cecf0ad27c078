import type { DemandedChannel } from '@longline/line';
import type { Clock, Disposer } from '@longline/ros';

/** What a server said on the line before holds until it had time to say it again on the new one, in milliseconds. */
export const DEMAND_CONFIRM_MS = 5_000;
/** Without a line demand ends after this long, in milliseconds. */
export const DEMAND_OFFLINE_MS = 30_000;

/** What a {@link HeldDemand} is given. */
export interface HeldDemandOptions {
  readonly clock: Clock;
  /** A channel is demanded at another rate now: in Hz, `Infinity` without a limit, 0 not at all. */
  readonly handleDemand: (id: number, rateHz: number) => void;
}

/** Which channels somebody looks at, as the server says; it outlives a short loss of the line, so that data is there at once. */
export class HeldDemand {
  readonly #options: HeldDemandOptions;
  readonly #rates = new Map<number, number>();
  /** Said on a line before, not yet on this one. */
  readonly #unconfirmed = new Set<number>();
  #cancelTimer: Disposer | undefined;

  constructor(options: HeldDemandOptions) {
    this.#options = options;
  }

  /** In Hz: `Infinity` without a limit, 0 when nobody looks. */
  rateOf(id: number): number {
    return this.#rates.get(id) ?? 0;
  }

  /** The server's word. Give it channels that exist only: nothing else bounds them. */
  handleDemand({ id, rateHz }: DemandedChannel): void {
    this.#unconfirmed.delete(id);
    this.#set(id, rateHz ?? Number.POSITIVE_INFINITY);
  }

  handleLineOpen(): void {
    this.#endUnconfirmedAfter(DEMAND_CONFIRM_MS);
  }

  handleLineClosed(): void {
    this.#endUnconfirmedAfter(DEMAND_OFFLINE_MS);
  }

  /** The channel is closed. */
  forget(id: number): void {
    this.#rates.delete(id);
    this.#unconfirmed.delete(id);
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #endUnconfirmedAfter(delayMs: number): void {
    this.stop();
    for (const id of this.#rates.keys()) this.#unconfirmed.add(id);
    if (this.#unconfirmed.size === 0) return;
    this.#cancelTimer = this.#options.clock.after(delayMs, () => {
      this.#cancelTimer = undefined;
      for (const id of this.#unconfirmed) this.#set(id, 0);
      this.#unconfirmed.clear();
    });
  }

  #set(id: number, rateHz: number): void {
    const before = this.rateOf(id);
    if (rateHz === 0) this.#rates.delete(id);
    else this.#rates.set(id, rateHz);
    if (rateHz !== before) this.#options.handleDemand(id, rateHz);
  }
}
