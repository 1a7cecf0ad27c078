import { isLonglineError } from '@longline/ros';
import type { Clock, Disposer } from '@longline/ros';

/** A stop is repeated so often, for so long after ROS took it, in milliseconds. */
const REPEAT_MS = 50;
const REPEAT_FOR_MS = 1_000;
/** How often it is tried beyond that, and repeated while a latch stands, in milliseconds. */
const KEEP_MS = 100;

/** One thing that stops an output. */
export interface StopAction {
  /** A message; a call is made until it succeeded once. */
  readonly repeats: boolean;
  /** Hands it to ROS at once where that is possible. Resolves to whether anybody heard it. */
  run(signal: AbortSignal): Promise<boolean>;
}

export interface StopRunOptions {
  readonly clock: Clock;
  readonly actions: readonly StopAction[];
  /** Somebody is known to listen: a stop that nobody hears has not arrived. */
  readonly mustBeHeard: boolean;
  /** It goes on until it is ended. */
  readonly isKept: boolean;
  /** ROS took all of it, or did not take something for the first time. */
  readonly handleChange: () => void;
  /** ROS took it and it was repeated; nothing more comes. */
  readonly handleOver: () => void;
}

interface Step {
  readonly action: StopAction;
  isUnderWay: boolean;
  isDone: boolean;
  hasTried: boolean;
  code: string | undefined;
}

/** Stops an output: at once, again and again, and until ROS takes it. */
export class StopRun {
  readonly #options: StopRunOptions;
  readonly #steps: readonly Step[];
  readonly #ended = new AbortController();
  #isKept: boolean;
  #deliveredMs: number | undefined;
  #cancelNext: Disposer | undefined;
  #handleFirstWord: () => void = () => undefined;
  /** Resolves when each of its actions succeeded or failed once, or it was ended. */
  readonly firstWord: Promise<void>;
  #handleDelivered: () => void = () => undefined;
  /** Resolves when ROS took all of it, or it was ended. */
  readonly delivered: Promise<void>;

  constructor(options: StopRunOptions) {
    this.#options = options;
    this.#isKept = options.isKept;
    this.firstWord = new Promise((resolve) => (this.#handleFirstWord = resolve));
    this.delivered = new Promise((resolve) => (this.#handleDelivered = resolve));
    this.#steps = options.actions.map((action) => ({
      action,
      isUnderWay: false,
      isDone: false,
      hasTried: false,
      code: undefined,
    }));
  }

  /** ROS took all of it. */
  get isDelivered(): boolean {
    return this.#deliveredMs !== undefined;
  }

  /** Something failed, and not all has been taken yet. */
  get isFailing(): boolean {
    return !this.isDelivered && this.code !== undefined;
  }

  /** Why ROS did not take it, or `NO_SUBSCRIBER`; undefined while nothing is wrong. */
  get code(): string | undefined {
    return this.#steps.find(({ code }) => code !== undefined)?.code;
  }

  /** Nothing stops the output, as far as is known. */
  get isEmpty(): boolean {
    return this.#steps.length === 0;
  }

  get isKept(): boolean {
    return this.#isKept;
  }

  start(): void {
    if (this.#steps.length === 0) this.#handleSettled();
    this.#round();
  }

  /** A latch came, or was released. */
  keep(isKept: boolean): void {
    this.#isKept = isKept;
  }

  /** Nothing more of it reaches ROS. Idempotent. */
  end(): void {
    this.#cancelNext?.();
    this.#ended.abort();
    this.#handleFirstWord();
    this.#handleDelivered();
  }

  #round(): void {
    const { clock } = this.#options;
    for (const step of this.#steps) {
      if (!step.isUnderWay && (step.action.repeats || !step.isDone)) void this.#run(step);
    }
    if (this.#ended.signal.aborted) return;
    const sinceMs = clock.monotonicMs() - (this.#deliveredMs ?? clock.monotonicMs());
    if (sinceMs >= REPEAT_FOR_MS && !this.#isKept) {
      this.end();
      this.#options.handleOver();
      return;
    }
    const isQuick = sinceMs < REPEAT_FOR_MS && !this.isFailing;
    this.#cancelNext = clock.after(isQuick ? REPEAT_MS : KEEP_MS, () => this.#round());
  }

  /** Actions begin in their order; none waits for ROS to take the one before. */
  async #run(step: Step): Promise<void> {
    step.isUnderWay = true;
    const wasFailing = this.isFailing;
    try {
      const isHeard = await step.action.run(this.#ended.signal);
      step.code = isHeard ? undefined : 'NO_SUBSCRIBER';
      step.isDone ||= isHeard || !this.#options.mustBeHeard;
    } catch (error) {
      step.code = isLonglineError(error) ? error.code : 'INTERNAL';
    }
    step.isUnderWay = false;
    step.hasTried = true;
    if (this.#ended.signal.aborted) return;
    this.#handleSettled();
    if (this.isFailing !== wasFailing) this.#options.handleChange();
  }

  #handleSettled(): void {
    if (this.#steps.every(({ hasTried }) => hasTried)) this.#handleFirstWord();
    if (this.isDelivered || !this.#steps.every(({ isDone }) => isDone)) return;
    this.#deliveredMs = this.#options.clock.monotonicMs();
    this.#handleDelivered();
    this.#options.handleChange();
  }
}
