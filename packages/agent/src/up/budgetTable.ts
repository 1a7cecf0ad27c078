import type { Lane } from '@longline/line';

/** How much of a budget is used: less than 70 %, 70 to 90 %, 90 to 100 %, all. */
export const budgetLevels = ['free', 'thinned', 'sparse', 'spent'] as const;
export type BudgetLevel = (typeof budgetLevels)[number];

/** What a budget leaves of a lane. */
export interface LaneAllowance {
  /** One of so many messages is sent. */
  readonly oneOf: number;
  /** At most so many messages a second of each channel; `Infinity` without a limit, 0 for none. */
  readonly rateHz: number;
  /** Channels flow only while somebody looks, as if they were `watched`; they are advertised so, as their silence is no fault. */
  readonly watchedOnly: boolean;
}

const all: LaneAllowance = { oneOf: 1, rateHz: Number.POSITIVE_INFINITY, watchedOnly: false };
const half: LaneAllowance = { ...all, oneOf: 2 };
const halfWatched: LaneAllowance = { ...half, watchedOnly: true };
const eachSecond: LaneAllowance = { ...all, rateHz: 1 };
const none: LaneAllowance = { ...all, rateHz: 0, watchedOnly: true };

/** Degrades before it cuts; docs/configuration.md shows the same table. */
export const budgetTable: Readonly<Record<BudgetLevel, Readonly<Record<Lane, LaneAllowance>>>> = {
  free: { control: all, state: all, telemetry: all, bulk: all },
  thinned: { control: all, state: all, telemetry: all, bulk: half },
  sparse: { control: all, state: all, telemetry: half, bulk: halfWatched },
  spent: { control: all, state: eachSecond, telemetry: none, bulk: none },
};

/** The level at a share of the budget, 1 being all of it. */
export function budgetLevel(share: number): BudgetLevel {
  if (share >= 1) return 'spent';
  if (share >= 0.9) return 'sparse';
  return share >= 0.7 ? 'thinned' : 'free';
}
