import { HeapTrend } from './HeapTrend.ts';
import { repeatCommand } from './failureFile.ts';
import type { WorkerReport } from './workerMessages.ts';

/** Growth of one worker's heap beyond which memory is said to leak: what a generational heap breathes is less. */
export const MAX_GROWTH_BYTES = 32 * 1024 * 1024;
/** Failures of one target that are kept; more say nothing new. */
const MAX_KEPT_PER_TARGET = 5;

interface TargetFigures {
  cases: number;
  frames: number;
  longestMs: number;
}

export interface KeptFailure {
  readonly target: string;
  readonly what: string;
  readonly repeat: string;
}

/** The last line of a run. */
export interface FuzzSummary {
  readonly seed: number;
  readonly frames: number;
  readonly perTarget: Readonly<Record<string, TargetFigures>>;
  readonly longestMs: number;
  readonly heapGrowthBytes: number;
  readonly failures: readonly KeptFailure[];
}

/** Adds up what the workers tell. */
export class FuzzReport {
  readonly #seed: number;
  readonly #targets = new Map<string, TargetFigures>();
  readonly #heaps = new Map<number, HeapTrend>();
  readonly #failures: KeptFailure[] = [];

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Tells whether it is a failure that is worth keeping. */
  handleReport(worker: number, atMs: number, report: WorkerReport): boolean {
    switch (report.kind) {
      case 'slice': {
        const figures = this.#figures(report.target);
        figures.cases += report.cases;
        figures.frames += report.frames;
        figures.longestMs = Math.max(figures.longestMs, report.longestMs);
        return false;
      }
      case 'round':
        return false;
      case 'heap': {
        const trend = this.#heaps.get(worker) ?? new HeapTrend();
        this.#heaps.set(worker, trend);
        trend.add(atMs, report.bytes);
        return false;
      }
      case 'failure': {
        const { target } = report;
        if (this.#failures.filter((kept) => kept.target === target).length >= MAX_KEPT_PER_TARGET) return false;
        this.#failures.push({
          target,
          what: report.failure.what,
          repeat: repeatCommand(target, this.#seed, report.case),
        });
        return true;
      }
    }
  }

  get summary(): FuzzSummary {
    const perTarget = Object.fromEntries(
      [...this.#targets].map(([name, { cases, frames, longestMs }]) => [
        name,
        { cases, frames, longestMs: Math.round(longestMs * 10) / 10 },
      ]),
    );
    const heapGrowthBytes = Math.max(0, ...[...this.#heaps.values()].map(({ growthBytes }) => growthBytes));
    const leak: KeptFailure[] =
      heapGrowthBytes <= MAX_GROWTH_BYTES
        ? []
        : [
            {
              target: 'all',
              what: `the heap of a worker grew by ${heapGrowthBytes} bytes over the last two thirds of the run`,
              repeat: `npm run fuzz -- --seed ${this.#seed}`,
            },
          ];
    return {
      seed: this.#seed,
      frames: Object.values(perTarget).reduce((sum, { frames }) => sum + frames, 0),
      perTarget,
      longestMs: Math.max(0, ...Object.values(perTarget).map(({ longestMs }) => longestMs)),
      heapGrowthBytes,
      failures: [...this.#failures, ...leak],
    };
  }

  #figures(target: string): TargetFigures {
    const figures = this.#targets.get(target) ?? { cases: 0, frames: 0, longestMs: 0 };
    this.#targets.set(target, figures);
    return figures;
  }
}
