import type { DeviceRecord } from '@longline/line';
import type { Clock } from '@longline/ros';

/** Of so long ago what is remembered counts, in milliseconds. */
export const CLONE_WINDOW_MS = 600_000;
/** So many returns of one run in that time are no accident. */
const RETURNS = 2;
/** Runs of the agent remembered; the one heard longest ago goes first. */
const MAX_BOOTS = 16;

/** One run of the agent, by monotonic times. */
interface Run {
  seenMs: number;
  /** Its last returns. */
  returnsMs: readonly number[];
}

/**
 * Finds out that two agents with one device ID run at the same time: a run of the agent comes back after another run had taken the line,
 * and once more. An agent that is started anew never does; one whose predecessor's last hello comes late does once.
 */
export class CloneHistory {
  readonly #clock: Clock;
  /** By boot, the one heard last at the end. */
  readonly #runs = new Map<string, Run>();
  #sinceMs = 0;
  #foundMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** That run of the agent took the line from that other one. */
  handleTaken(boot: string, from: string): void {
    const nowMs = this.#clock.monotonicMs();
    const isLate = (ms: number): boolean => nowMs - ms <= CLONE_WINDOW_MS;
    this.#see(from, nowMs);
    const returns = isLate(this.#runs.get(boot)?.seenMs ?? Number.NEGATIVE_INFINITY);
    const run = this.#see(boot, nowMs);
    if (!returns) return;
    run.returnsMs = [...run.returnsMs.slice(1 - RETURNS), nowMs];
    if (run.returnsMs.filter(isLate).length < RETURNS) return;
    if (this.cloned === undefined) this.#sinceMs = Number(this.#clock.wallNs() / 1_000_000n);
    this.#foundMs = nowMs;
  }

  /** Since when more than one runs, and how many were heard of late; undefined 10 minutes after the last sign of it. */
  get cloned(): DeviceRecord['cloned'] {
    const sinceMs = this.#clock.monotonicMs() - CLONE_WINDOW_MS;
    if (this.#foundMs < sinceMs) return undefined;
    const boots = [...this.#runs.values()].filter(({ seenMs }) => seenMs >= sinceMs).length;
    return { sinceMs: this.#sinceMs, boots };
  }

  #see(boot: string, nowMs: number): Run {
    const run = this.#runs.get(boot) ?? { seenMs: nowMs, returnsMs: [] };
    run.seenMs = nowMs;
    this.#runs.delete(boot);
    this.#runs.set(boot, run);
    const [oldest] = this.#runs.keys();
    if (this.#runs.size > MAX_BOOTS && oldest !== undefined) this.#runs.delete(oldest);
    return run;
  }
}
