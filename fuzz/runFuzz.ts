import { Worker } from 'node:worker_threads';
import { saveFailure } from './failureFile.ts';
import type { FuzzFlags } from './FuzzFlags.ts';
import { FuzzReport } from './FuzzReport.ts';
import type { FuzzSummary } from './FuzzReport.ts';
import { targets } from './targets/index.ts';
import { pulseAt } from './workerMessages.ts';
import type { WorkerOrder, WorkerReport } from './workerMessages.ts';

/** A case that has not ended after so long hangs, in milliseconds. */
const HANG_MS = 10_000;
const LOOK_MS = 100;
/** A worker that does not stop in this time is ended, in milliseconds. */
const STOP_MS = 5_000;
/** On a slow machine a short run goes on for so much longer, until every target had its turn, in milliseconds. */
const LONGER_MS = 30_000;

/** Plays all targets on several threads for a time, and watches from outside that none hangs. */
export async function runFuzz(
  flags: FuzzFlags,
  handleProgress: (summary: FuzzSummary, elapsedMs: number) => void,
  progressMs = 10_000,
): Promise<FuzzSummary> {
  const report = new FuzzReport(flags.seed);
  const startMs = performance.now();
  const crew = Array.from({ length: flags.workers }, (_, at) => new WatchedWorker(flags, at, report, startMs));
  let toldMs = startMs;
  const isOver = (): boolean => {
    const elapsedMs = performance.now() - startMs;
    if (elapsedMs < flags.forMs) return false;
    return crew.every(({ hasPlayedAll }) => hasPlayedAll) || elapsedMs > flags.forMs + LONGER_MS;
  };
  while (!isOver()) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    for (const worker of crew) await worker.look();
    if (performance.now() - toldMs < progressMs) continue;
    toldMs = performance.now();
    handleProgress(report.summary, toldMs - startMs);
  }
  await Promise.all(crew.map((worker) => worker.stop()));
  return report.summary;
}

/** One worker; another takes its place when it hangs or dies. */
class WatchedWorker {
  readonly #flags: FuzzFlags;
  readonly #at: number;
  readonly #report: FuzzReport;
  readonly #startMs: number;
  readonly #doneCases: Record<string, number> = {};
  readonly #pulse = new SharedArrayBuffer(3 * Float64Array.BYTES_PER_ELEMENT);
  #worker: Worker;
  #hasDied: Error | undefined;
  #hasPlayedAll = false;

  constructor(flags: FuzzFlags, at: number, report: FuzzReport, startMs: number) {
    this.#flags = flags;
    this.#at = at;
    this.#report = report;
    this.#startMs = startMs;
    this.#worker = this.#start();
  }

  /** Whether each target had its turn. */
  get hasPlayedAll(): boolean {
    return this.#hasPlayedAll;
  }

  /** Looks whether it still plays. */
  async look(): Promise<void> {
    const pulse = new Float64Array(this.#pulse);
    const startedMs = pulse[pulseAt.startedMs] ?? 0;
    const hangs = startedMs > 0 && Date.now() - startedMs > HANG_MS;
    if (!hangs && this.#hasDied === undefined) return;
    const target = targets[pulse[pulseAt.target] ?? 0]?.name ?? '';
    const index = pulse[pulseAt.case] ?? 0;
    const what = this.#hasDied?.stack ?? `it did not end within ${HANG_MS / 1_000} s`;
    this.#handleReport({ kind: 'failure', target, case: index, failure: { what, input: null } });
    // The case that was under way is not played again.
    this.#doneCases[target] = Math.floor(index / this.#flags.workers) + 1;
    await this.#worker.terminate();
    this.#hasDied = undefined;
    this.#worker = this.#start();
  }

  async stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#worker.once('exit', () => resolve(undefined));
    this.#worker.postMessage('stop');
    const timer = setTimeout(resolve, STOP_MS, undefined);
    await promise;
    clearTimeout(timer);
    await this.#worker.terminate();
  }

  #start(): Worker {
    new Float64Array(this.#pulse).fill(0);
    const order: WorkerOrder = {
      seed: this.#flags.seed,
      only: this.#flags.only,
      first: this.#at,
      step: this.#flags.workers,
      doneCases: { ...this.#doneCases },
      pulse: this.#pulse,
    };
    const worker = new Worker(new URL('./fuzzWorker.ts', import.meta.url), {
      workerData: order,
      execArgv: ['--conditions=@longline/source'],
    });
    worker.on('message', (report: WorkerReport) => this.#handleReport(report));
    worker.on('error', (error) => (this.#hasDied = error instanceof Error ? error : new Error(String(error))));
    return worker;
  }

  #handleReport(report: WorkerReport): void {
    if (report.kind === 'round') this.#hasPlayedAll = true;
    if (report.kind === 'slice') this.#doneCases[report.target] = (this.#doneCases[report.target] ?? 0) + report.cases;
    const isKept = this.#report.handleReport(this.#at, performance.now() - this.#startMs, report);
    if (isKept && report.kind === 'failure') saveFailure(report.target, this.#flags.seed, report.case, report.failure);
  }
}
