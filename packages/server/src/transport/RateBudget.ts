/** How much of something may be used a second; what was not used is kept up to a burst. */
export class RateBudget {
  readonly #perSecond: number;
  readonly #burst: number;
  /** Less than nothing: a debt. */
  #left: number;
  #atMs = Number.NEGATIVE_INFINITY;

  /** `burst` is at least what one second brings. Default: that. */
  constructor(perSecond: number, burst = perSecond) {
    this.#perSecond = perSecond;
    this.#burst = Math.max(burst, perSecond);
    this.#left = this.#burst;
  }

  /** Whether all is there that ever is: then a new budget is as good. */
  isFull(nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#left >= this.#burst;
  }

  /** Takes it, if it is there. Gives 0, or in how many milliseconds it will be. */
  take(amount: number, nowMs: number): number {
    this.#fill(nowMs);
    if (this.#left < amount) return ((amount - this.#left) / this.#perSecond) * 1000;
    this.#left -= amount;
    return 0;
  }

  /** Takes it though it is not there. Gives the milliseconds until the debt is paid, 0 without one. */
  charge(amount: number, nowMs: number): number {
    this.#fill(nowMs);
    this.#left -= amount;
    return this.#left >= 0 ? 0 : (-this.#left / this.#perSecond) * 1000;
  }

  #fill(nowMs: number): void {
    if (nowMs <= this.#atMs) return;
    this.#left = Math.min(this.#burst, this.#left + ((nowMs - this.#atMs) / 1000) * this.#perSecond);
    this.#atMs = nowMs;
  }
}
