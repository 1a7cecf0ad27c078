// One core's share of a run: it plays the targets in turn, a slice of time each, until it is told to stop.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import type { FuzzRun, FuzzTarget } from './FuzzTarget.ts';
import { playCase } from './play.ts';
import { targets } from './targets/index.ts';
import { pulseAt } from './workerMessages.ts';
import type { WorkerOrder, WorkerReport } from './workerMessages.ts';

const SLICE_MS = 100;
const HEAP_EVERY_MS = 5_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

class Player {
  readonly #order: WorkerOrder;
  readonly #pulse: Float64Array;
  readonly #next = new Map<FuzzTarget, number>();
  #heapAtMs = performance.now();
  #async: unknown;
  #isStopping = false;

  constructor(order: WorkerOrder) {
    this.#order = order;
    this.#pulse = new Float64Array(order.pulse);
    // What is thrown where nobody waits is a failure of the case under way.
    const note = (error: unknown): void => void (this.#async ??= error);
    process.on('uncaughtException', note);
    process.on('unhandledRejection', note);
    parentPort?.once('message', () => (this.#isStopping = true));
  }

  async run(): Promise<void> {
    const runs: { readonly target: FuzzTarget; readonly run: FuzzRun }[] = [];
    for (const target of targets) {
      if (this.#order.only === undefined || target.name === this.#order.only) {
        runs.push({ target, run: await target.open() });
      }
    }
    while (!this.#isStopping) {
      for (const { target, run } of runs) {
        await this.#slice(target, run);
        // Lets what was set free be told, and a word from outside be heard.
        await new Promise((resolve) => setImmediate(resolve));
      }
      tell({ kind: 'round' });
      this.#lookAtHeap();
    }
    for (const { run } of runs) await run.close?.();
  }

  async #slice(target: FuzzTarget, run: FuzzRun): Promise<void> {
    const { seed, first, step, doneCases } = this.#order;
    const pulse = this.#pulse;
    const untilMs = performance.now() + SLICE_MS * (target.weight ?? 1);
    let [cases, frames, longestMs] = [0, 0, 0];
    pulse[pulseAt.target] = targets.indexOf(target);
    do {
      const index = this.#next.get(target) ?? first + step * (doneCases[target.name] ?? 0);
      this.#next.set(target, index + step);
      pulse[pulseAt.case] = index;
      pulse[pulseAt.startedMs] = Date.now();
      const played = await playCase(target, run, seed, index);
      pulse[pulseAt.startedMs] = 0;
      cases++;
      frames += played.frames;
      longestMs = Math.max(longestMs, played.longestMs);
      const failure = played.failure ?? this.#takeAsync();
      if (failure !== undefined) tell({ kind: 'failure', target: target.name, case: index, failure });
    } while (performance.now() < untilMs);
    tell({ kind: 'slice', target: target.name, cases, frames, longestMs });
  }

  #takeAsync(): { readonly what: string; readonly input: unknown } | undefined {
    const error = this.#async;
    this.#async = undefined;
    if (error === undefined) return undefined;
    const why = error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error);
    return { what: `thrown where nobody waits: ${why}`, input: null };
  }

  #lookAtHeap(): void {
    if (performance.now() - this.#heapAtMs < HEAP_EVERY_MS) return;
    this.#heapAtMs = performance.now();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    tell({ kind: 'heap', bytes: heapUsed + external });
  }
}

function tell(report: WorkerReport): void {
  try {
    parentPort?.postMessage(report);
  } catch {
    // An input with functions cannot be cloned.
    if (report.kind === 'failure') {
      parentPort?.postMessage({ ...report, failure: { ...report.failure, input: String(report.failure.input) } });
    }
  }
}

await new Player(workerData as WorkerOrder).run();
process.exit();
