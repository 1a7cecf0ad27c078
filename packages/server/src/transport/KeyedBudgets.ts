import { RateBudget } from './RateBudget.ts';

/** A sweep looks at the budgets when there are this many, and again when they doubled. */
const SWEEP_AT = 1_000;
/** More are not kept: who comes then shares one. */
const MAX_BUDGETS = 100_000;

/** A budget for each of many, by name. Those that are full again are forgotten, so there are never many. */
export class KeyedBudgets {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #budgets = new Map<string, RateBudget>();
  readonly #shared: RateBudget;
  #sweepAt = SWEEP_AT;

  constructor(perSecond: number, burst = perSecond) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#shared = new RateBudget(perSecond, burst);
  }

  /** How many are remembered. */
  get size(): number {
    return this.#budgets.size;
  }

  /** Takes one. Gives 0, or in how many milliseconds there will be one. */
  take(key: string, nowMs: number): number {
    let budget = this.#budgets.get(key);
    if (budget === undefined) {
      if (this.#budgets.size >= this.#sweepAt) this.#sweep(nowMs);
      if (this.#budgets.size >= MAX_BUDGETS) return this.#shared.take(1, nowMs);
      this.#budgets.set(key, (budget = new RateBudget(this.#perSecond, this.#burst)));
    }
    return budget.take(1, nowMs);
  }

  #sweep(nowMs: number): void {
    for (const [key, budget] of this.#budgets) if (budget.isFull(nowMs)) this.#budgets.delete(key);
    this.#sweepAt = Math.max(SWEEP_AT, 2 * this.#budgets.size);
  }
}
