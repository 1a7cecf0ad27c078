import type { Clock, Disposer } from '@longline/ros';
import type { CommandStore } from './CommandStore.ts';

/** How long the history is kept, and how much of it; the oldest goes first. */
export interface SweepLimits {
  readonly commandDays: number;
  readonly maxStoredCommands: number;
  readonly auditDays: number;
  readonly maxAuditEntries: number;
}

const SWEEP_EVERY_MS = 3_600_000;
/** Between two steps of one sweep, in milliseconds: a robot's frame must not wait for them all. */
const STEP_EVERY_MS = 50;
const DAY_MS = 86_400_000;

/** Forgets the oldest of a store's history, once an hour and at the start. */
export class Sweeper {
  readonly #store: CommandStore;
  readonly #clock: Clock;
  readonly #limits: SweepLimits;
  #cancel: Disposer;

  constructor(store: CommandStore, clock: Clock, limits: SweepLimits) {
    this.#store = store;
    this.#clock = clock;
    this.#limits = limits;
    this.#cancel = clock.after(STEP_EVERY_MS, () => this.#sweep());
  }

  stop(): void {
    this.#cancel();
  }

  #sweep(): void {
    const nowMs = Number(this.#clock.wallNs() / 1_000_000n);
    const isMore = this.#store.sweep({
      commandsSinceMs: nowMs - this.#limits.commandDays * DAY_MS,
      maxCommands: this.#limits.maxStoredCommands,
      auditSinceMs: nowMs - this.#limits.auditDays * DAY_MS,
      maxAudit: this.#limits.maxAuditEntries,
    });
    this.#cancel = this.#clock.after(isMore ? STEP_EVERY_MS : SWEEP_EVERY_MS, () => this.#sweep());
  }
}
