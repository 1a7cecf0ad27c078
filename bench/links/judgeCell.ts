import { rounded } from '../thinLink/figures.ts';
import { limitsOf, nameOf } from './LinkCell.ts';
import type { LinkCell } from './LinkCell.ts';
import type { SpanFigures } from './SpanFigures.ts';

/** One row of the table. */
export interface CellResult extends LinkCell, SpanFigures {
  /** One way and the transmission of one compressed Odometry message. */
  readonly minimumMs: number;
  /** Odometry p99 over the minimum, in milliseconds and in round trips; null when none arrived. */
  readonly overMs: number | null;
  readonly overRoundTrips: number | null;
  /** Nearly all Odometry arrived. */
  readonly carriedState: boolean;
  /** In words what is not as it should be. */
  readonly violations: readonly string[];
}

const NEARLY_ALL = 0.95;
/** At more random loss than this nothing is asked of the age. */
const JUDGED_LOSS = 0.01;
const MAX_ROUND_TRIPS = 3;

/** Timers that are later than this at p99 belong to a machine that has other things to do. */
const MAX_MACHINE_LATE_MS = 4;

/** The machine was too busy for the ages to be the line's. */
export const isDisturbed = ({ machineLateMs }: SpanFigures): boolean => machineLateMs > MAX_MACHINE_LATE_MS;

/** Compares a cell's figures with what physics allows. */
export function judgeCell(cell: LinkCell, figures: SpanFigures): CellResult {
  const { minimumMs, roundTripMs, carriesState } = limitsOf(cell);
  const { p99Ms, share } = figures.odometry;
  const overMs = p99Ms === null ? null : p99Ms - minimumMs;
  const overRoundTrips = overMs === null ? null : overMs / roundTripMs;
  const isJudged = cell.loss <= JUDGED_LOSS;
  const busy = isDisturbed(figures) ? `, on a busy machine (its timers were ${figures.machineLateMs} ms late)` : '';
  const violations = [
    ...(overRoundTrips === null ? ['no Odometry arrived'] : []),
    ...(isJudged && overRoundTrips !== null && overRoundTrips > MAX_ROUND_TRIPS
      ? [`Odometry p99 is ${rounded(overRoundTrips)} round trips over the minimum, more than ${MAX_ROUND_TRIPS}`]
      : []),
    ...(isJudged && carriesState && share < NEARLY_ALL
      ? [`the link has room for all Odometry, ${rounded(share * 100)} % arrived`]
      : []),
  ];
  return {
    ...cell,
    ...figures,
    minimumMs: rounded(minimumMs),
    overMs: overMs === null ? null : rounded(overMs),
    overRoundTrips: overRoundTrips === null ? null : rounded(overRoundTrips, 2),
    carriedState: share >= NEARLY_ALL,
    violations: violations.map((violation) => `${nameOf(cell)}: ${violation}${busy}`),
  };
}
