import type { Clock } from '@longline/ros';
import type { GoalId } from './actionMessages.ts';
import { actionlibStatus, isEnd } from './goalStatus.ts';
import type { ActionlibStatus } from './goalStatus.ts';

/** Goals of one action that a client works on at a time. */
export const MAX_TAKEN_GOALS = 100;
/** The status of a goal that is over is told for so long, in milliseconds, as actionlib does. */
const KEEP_ENDED_MS = 5_000;
/** Goals and cancels remembered. */
const MAX_REMEMBERED = 1_000;

/** One goal that a client's action server took. */
export interface TakenGoal {
  readonly goalId: GoalId;
  status: ActionlibStatus;
  text: string;
  endedMs: number | undefined;
}

/** The goals of one action server, and how each does. */
export class TakenGoals {
  readonly #clock: Clock;
  readonly #goals = new Map<string, TakenGoal>();
  /** Goals that came, and goals that were cancelled before they came: the topics of an action keep no order among them. */
  readonly #came = new Set<string>();
  readonly #cancelled = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Those that are not over. */
  get open(): readonly TakenGoal[] {
    return [...this.#goals.values()].filter(({ endedMs }) => endedMs === undefined);
  }

  /** Those whose status is to be told now. */
  get told(): readonly TakenGoal[] {
    const nowMs = this.#clock.monotonicMs();
    for (const [id, { endedMs }] of this.#goals) {
      if (endedMs !== undefined && nowMs - endedMs > KEEP_ENDED_MS) this.#goals.delete(id);
    }
    return [...this.#goals.values()];
  }

  /** The goal, if it is not over. */
  find(id: string): TakenGoal | undefined {
    const goal = this.#goals.get(id);
    return goal?.endedMs === undefined ? goal : undefined;
  }

  /** Undefined for a goal that came before: what is told last is told again after a reconnect. */
  add(goalId: GoalId): TakenGoal | undefined {
    if (this.#came.has(goalId.id)) return undefined;
    remember(this.#came, goalId.id);
    const goal: TakenGoal = { goalId, status: actionlibStatus.active, text: '', endedMs: undefined };
    this.#goals.set(goalId.id, goal);
    for (const [id, { endedMs }] of this.#goals) {
      if (this.#goals.size <= MAX_REMEMBERED) break;
      if (endedMs !== undefined) this.#goals.delete(id);
    }
    return goal;
  }

  wasCancelled(id: string): boolean {
    return this.#cancelled.has(id);
  }

  set(goal: TakenGoal, status: ActionlibStatus, text: string): void {
    goal.status = status;
    goal.text = text;
    if (isEnd(status)) goal.endedMs ??= this.#clock.monotonicMs();
  }

  /** The open goals that a cancel means (actionlib): one ID, all up to a time, or with neither all. */
  cancel({ id, stamp }: GoalId): readonly TakenGoal[] {
    if (id !== '' && !this.#came.has(id)) remember(this.#cancelled, id);
    const untilNs = nanoseconds(stamp);
    if (id === '' && untilNs === 0n) return this.open;
    return this.open.filter(
      ({ goalId }) => goalId.id === id || (untilNs !== 0n && nanoseconds(goalId.stamp) <= untilNs),
    );
  }
}

const nanoseconds = ({ sec, nsec }: GoalId['stamp']): bigint => BigInt(sec) * 1_000_000_000n + BigInt(nsec);

function remember(ids: Set<string>, id: string): void {
  ids.add(id);
  const [oldest] = ids;
  if (ids.size > MAX_REMEMBERED && oldest !== undefined) ids.delete(oldest);
}
