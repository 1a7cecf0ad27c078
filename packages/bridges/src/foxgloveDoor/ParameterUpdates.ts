import { stringifyExact } from '@longline/ros';
import type { Disposer } from '@longline/ros';
import { DoorError } from '../door/DoorError.ts';
import type { ReaderContext } from './ReaderContext.ts';
import { MAX_READ, readParameters } from './readParameters.ts';
import type { WireParameter } from './ServerOp.ts';
import { wireParameter } from './wireParameter.ts';

/** Between two looks at the subscribed parameters, in milliseconds: at least this, and so many times as long as a look takes. */
export const LOOK_INTERVAL_MS = 2_000;
const REST_FACTOR = 4;
/** After a look that failed, in milliseconds. */
const FAILED_LOOK_INTERVAL_MS = 10_000;

/** Tells a reader which of the parameters that it subscribed to changed. ROS does not tell, so they are looked at. */
export class ParameterUpdates {
  readonly #context: Pick<ReaderContext, 'robot' | 'clock' | 'status' | 'send' | 'log'>;
  readonly #subscribed = new Set<string>();
  /** The values told last, as text, also of those that are not subscribed to: viewers subscribe to what they were told. */
  readonly #told = new Map<string, string>();
  readonly #abort = new AbortController();
  #cancelTimer: Disposer | undefined;
  #isLooking = false;

  constructor(context: Pick<ReaderContext, 'robot' | 'clock' | 'status' | 'send' | 'log'>) {
    this.#context = context;
  }

  subscribe(names: readonly string[]): void {
    for (const name of names) {
      if (this.#subscribed.has(name)) continue;
      if (this.#subscribed.size >= MAX_READ) {
        const text = `At most ${MAX_READ} parameters are looked at for one reader.`;
        this.#context.status.tellError(new DoorError('LIMIT_EXCEEDED', text), 'parameter updates');
        break;
      }
      this.#subscribed.add(name);
    }
    this.#schedule(LOOK_INTERVAL_MS);
  }

  /** No names: all. */
  unsubscribe(names: readonly string[]): void {
    if (names.length === 0) this.#subscribed.clear();
    for (const name of names) this.#subscribed.delete(name);
    if (this.#subscribed.size > 0) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  /** The reader was told these values as an answer. */
  handleTold(parameters: readonly WireParameter[]): void {
    for (const parameter of parameters) this.#remember(parameter.name, stringifyExact(parameter));
  }

  /** The reader set these: what became of them is told soon. */
  handleSet(names: readonly string[]): void {
    if (!names.some((name) => this.#subscribed.has(name))) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#schedule(0);
  }

  /** Idempotent. */
  close(): void {
    this.#abort.abort(new Error('the reader is gone'));
    this.#subscribed.clear();
    this.#cancelTimer?.();
  }

  #schedule(delayMs: number): void {
    if (this.#isLooking || this.#subscribed.size === 0 || this.#abort.signal.aborted) return;
    this.#cancelTimer ??= this.#context.clock.after(delayMs, () => {
      this.#cancelTimer = undefined;
      void this.#look();
    });
  }

  async #look(): Promise<void> {
    const { robot, clock, log } = this.#context;
    const { signal } = this.#abort;
    const startedMs = clock.monotonicMs();
    let restMs = FAILED_LOOK_INTERVAL_MS;
    this.#isLooking = true;
    try {
      this.#tell(await readParameters(robot.graph, [...this.#subscribed], { signal }));
      restMs = Math.max(LOOK_INTERVAL_MS, REST_FACTOR * (clock.monotonicMs() - startedMs));
    } catch (error) {
      // The robot is away: the session tells that itself.
      if (!signal.aborted) log.debug({ error }, 'parameters could not be looked at');
    }
    this.#isLooking = false;
    this.#schedule(restMs);
  }

  #tell(values: Awaited<ReturnType<typeof readParameters>>): void {
    const changed: WireParameter[] = [];
    for (const [name, value] of values) {
      const parameter = wireParameter(name, value);
      const text = stringifyExact(parameter);
      if (!this.#subscribed.has(name) || this.#told.get(name) === text) continue;
      this.#remember(name, text);
      changed.push(parameter);
    }
    if (changed.length > 0) this.#context.send({ op: 'parameterValues', parameters: changed });
  }

  #remember(name: string, text: string): void {
    this.#told.delete(name);
    this.#told.set(name, text);
    for (const oldest of this.#told.keys()) {
      if (this.#told.size <= 2 * MAX_READ) break;
      this.#told.delete(oldest);
    }
  }
}
