import type { Clock, Disposer } from '@longline/ros';

/** How often a line is told, in milliseconds. */
const TELL_MS = 1_000;

/** The lines that one reader watches: each is told again every second, for as long as it wants. */
export class LineSubscriptions {
  readonly #clock: Clock;
  readonly #tell: (device: string) => void;
  /** Devices by subscription: bounded by the subscriptions of one reader. */
  readonly #devices = new Map<number, string>();
  #cancel: Disposer | undefined;

  constructor(clock: Clock, tell: (device: string) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  has(subscription: number): boolean {
    return this.#devices.has(subscription);
  }

  add(subscription: number, device: string): void {
    this.#devices.set(subscription, device);
    this.#cancel ??= this.#clock.after(TELL_MS, () => this.#tellAll());
  }

  remove(subscription: number): void {
    this.#devices.delete(subscription);
    if (this.#devices.size === 0) this.close();
  }

  /** Idempotent. */
  close(): void {
    this.#devices.clear();
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #tellAll(): void {
    this.#cancel = this.#clock.after(TELL_MS, () => this.#tellAll());
    for (const device of new Set(this.#devices.values())) this.#tell(device);
  }
}
