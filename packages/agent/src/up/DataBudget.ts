import { lanes } from '@longline/line';
import type { Lane } from '@longline/line';
import type { Clock, Disposer, Log } from '@longline/ros';
import type { BudgetConfig } from '../config/budgetSchema.ts';
import { budgetLevel, budgetLevels, budgetTable } from './budgetTable.ts';
import type { BudgetLevel, LaneAllowance } from './budgetTable.ts';

const HOUR_MS = 3_600_000;
/** What was sent counts in its hour and in the 24 after it. */
const HOURS_AFTER = 24;

/** What is used of a budget. */
export interface BudgetUse {
  readonly bytesPerDay: number;
  /** Sent in the last 24 hours, of all lanes and of each. */
  readonly usedBytes: number;
  readonly laneBytes: Readonly<Record<Lane, number>>;
  /** The strictest level of any lane. */
  readonly level: BudgetLevel;
}

/** What a {@link DataBudget} is given. */
export interface DataBudgetOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly config: BudgetConfig;
  /** A lane has another allowance now; told on a turn of its own, not while something is being sent. */
  readonly handleChange: () => void;
}

type Hour = Record<Lane, number>;
const emptyHour = (): Hour => ({ control: 0, state: 0, telemetry: 0, bulk: 0 });

/**
 * Counts what is sent within a rolling 24 hours (to the hour) of the monotonic clock and says what may still be sent. It is kept in
 * memory: a restart of the agent begins it anew.
 */
export class DataBudget {
  readonly #options: DataBudgetOptions;
  readonly #hours = new Map<number, Hour>();
  readonly #used = emptyHour();
  readonly #levels: Record<Lane, BudgetLevel> = { control: 'free', state: 'free', telemetry: 'free', bulk: 'free' };
  #hour: number;
  #cancelTimer: Disposer | undefined;
  #cancelTell: Disposer | undefined;

  constructor(options: DataBudgetOptions) {
    this.#options = options;
    this.#hour = this.#hourNow();
  }

  get use(): BudgetUse {
    this.#turn();
    return {
      bytesPerDay: this.#options.config.bytesPerDay,
      usedBytes: this.#usedBytes,
      laneBytes: { ...this.#used },
      level: this.#strictest,
    };
  }

  /** What is left of a lane now. */
  allowance(lane: Lane): LaneAllowance {
    return budgetTable[this.#levels[lane]][lane];
  }

  /** So many bytes of a lane left. */
  handleSent(lane: Lane, bytes: number): void {
    this.#turn();
    this.#used[lane] += bytes;
    const hour = this.#hours.get(this.#hour) ?? emptyHour();
    hour[lane] += bytes;
    this.#hours.set(this.#hour, hour);
    this.#update();
  }

  stop(): void {
    this.#cancelTell?.();
    this.#stopTimer();
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  get #usedBytes(): number {
    return this.#used.control + this.#used.state + this.#used.telemetry + this.#used.bulk;
  }

  get #strictest(): BudgetLevel {
    const levels = lanes.map((lane) => budgetLevels.indexOf(this.#levels[lane]));
    return budgetLevels[Math.max(...levels)] ?? 'free';
  }

  #hourNow(): number {
    return Math.floor(this.#options.clock.monotonicMs() / HOUR_MS);
  }

  /** Forgets the hours that are over. */
  #turn(): void {
    const hour = this.#hourNow();
    if (hour === this.#hour) return;
    this.#hour = hour;
    for (const [past, sent] of this.#hours) {
      if (past >= hour - HOURS_AFTER) continue;
      this.#hours.delete(past);
      for (const lane of lanes) this.#used[lane] -= sent[lane];
    }
  }

  #update(): void {
    const { bytesPerDay, lanes: ofLanes } = this.#options.config;
    const share = this.#usedBytes / bytesPerDay;
    const before = this.#strictest;
    let changed = false;
    for (const lane of ['state', 'telemetry', 'bulk'] as const) {
      const level = budgetLevel(Math.max(share, this.#used[lane] / (ofLanes[lane] ?? Number.POSITIVE_INFINITY)));
      changed ||= level !== this.#levels[lane];
      this.#levels[lane] = level;
    }
    const level = this.#strictest;
    if (level === 'free') this.#stopTimer();
    else this.#cancelTimer ??= this.#options.clock.after(this.#msOfHourLeft(), () => this.#handleHour());
    if (!changed) return;
    if (level !== before) this.#tell(level);
    this.#cancelTell ??= this.#options.clock.after(0, () => {
      this.#cancelTell = undefined;
      this.#options.handleChange();
    });
  }

  #msOfHourLeft(): number {
    return (this.#hour + 1) * HOUR_MS - this.#options.clock.monotonicMs();
  }

  #handleHour(): void {
    this.#cancelTimer = undefined;
    this.#turn();
    this.#update();
  }

  #tell(level: BudgetLevel): void {
    const details = { level, usedBytes: this.#usedBytes, bytesPerDay: this.#options.config.bytesPerDay };
    if (level === 'free') this.#options.log.info(details, 'the data budget has room again');
    else this.#options.log.warn(details, 'the data budget runs out; less is sent');
  }
}
