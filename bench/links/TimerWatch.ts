import { everyPeriod, timersLateMs } from '../thinLink/everyPeriod.ts';
import { quantile, rounded } from '../thinLink/figures.ts';

const RATE_HZ = 50;

/**
 * Watches how late this process's timers are. It has nothing else to do meanwhile, so lateness is the machine's: it is
 * busy with other things, and ages measured then are too high.
 */
export class TimerWatch {
  readonly #stop = everyPeriod(RATE_HZ, 0, () => undefined);
  readonly #first = timersLateMs.length;

  /** Ends the watch; p99 of the lateness in milliseconds, at least the fraction of one that timers round up. */
  stop(): number {
    this.#stop();
    return rounded(quantile(timersLateMs.slice(this.#first), 0.99) ?? 0);
  }
}
