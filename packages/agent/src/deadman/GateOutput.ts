import type { MotionStatus } from '@longline/line';
import { isStoppedByZeros } from '@longline/ros';
import type { Clock } from '@longline/ros';
import { AgentError } from '../errors.ts';
import { Alarm } from './Alarm.ts';
import type { DeadmanRecord } from './DeadmanMemory.ts';
import type { MotionOrder, MotionReceipt, OutputKind } from './Deadman.ts';
import type { OutputRule } from './MotionOutputs.ts';
import type { GateOutputOptions } from './GateOutputOptions.ts';
import { OrderFence } from './OrderFence.ts';
import { RateCap } from './RateCap.ts';
import { StopRun } from './StopRun.ts';
import type { StopStep } from '../config/motionSchema.ts';

/** An output that stood still for so long is no longer armed on disk, in milliseconds: a stick that passes its centre costs no write. */
const DISARM_MS = 1_000;
/** No order is executed at this age, whatever the configuration says, in milliseconds. */
const MAX_TIMEOUT_MS = 10_000;

/** One output: when it moves, when it must stop, and how far that is. */
export class GateOutput {
  readonly kind: OutputKind;
  readonly name: string;
  readonly rule: OutputRule;
  readonly #options: GateOutputOptions;
  readonly #clock: Clock;
  readonly rate: RateCap;
  readonly #fence: OrderFence;
  /** Of a topic, once it is known. */
  type: string | undefined;
  /** It moved under the lease that holds. */
  isTouched = false;
  /** To be on disk before anything moves it: whoever starts next stops it. */
  isArmed = false;
  /** It is on disk. */
  isArmedOnDisk = false;
  /** A stop locked it, and nothing released that since. */
  isLocked = false;
  /** Orders being prepared. */
  underWay = 0;
  /** What was made before is not executed any more: a stop was released then. Milliseconds of the monotonic clock. */
  deafUntilMs = -Infinity;
  /** Counts its stops: an order that one of them overtook is not executed. */
  stops = 0;
  #isMoving = false;
  /** Somebody listened to what moved it. */
  #isHeard = false;
  #lastUseMs = -Infinity;
  /** Counts the orders that moved it, and those of them that ROS has not answered. */
  #moves = 0;
  #inRos = 0;
  #refused = 0;
  #lastRefusal: string | undefined;
  #run: StopRun | undefined;
  #over = new AbortController();
  readonly #timeout: Alarm;
  readonly #disarming: Alarm;

  constructor(options: GateOutputOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.kind = options.kind;
    this.name = options.name;
    this.rule = options.rule;
    this.#fence = new OrderFence(options.name);
    this.#timeout = new Alarm(options.clock, () => {
      this.stop(false);
      options.events.handleTimeout(this);
    });
    this.#disarming = new Alarm(options.clock, () => {
      if (!this.isBusy && this.underWay === 0) this.#disarm();
    });
    this.type = options.type;
    this.rate = new RateCap(options.clock, options.rule.maxRateHz);
  }

  get steps(): readonly StopStep[] {
    return this.rule.stop ?? (this.type !== undefined && isStoppedByZeros(this.type) ? ['zeros'] : []);
  }

  get isMoving(): boolean {
    return this.#isMoving;
  }

  /** It moves, or a stop of it goes on. */
  get isBusy(): boolean {
    return this.#isMoving || this.#run !== undefined;
  }

  /** Nothing about it must be remembered: it makes room for another. */
  get isForgettable(): boolean {
    if (this.isBusy || this.isArmed || this.isLocked || this.isTouched || this.underWay > 0) return false;
    // Until then what it executed could be executed once more.
    return this.#clock.monotonicMs() - this.#lastUseMs > MAX_TIMEOUT_MS;
  }

  get state(): MotionStatus['outputs'][number]['state'] {
    if (this.#run === undefined) return this.#isMoving ? 'moving' : 'still';
    if (this.#run.isFailing) return 'undelivered';
    return this.#run.isKept && this.#run.isDelivered ? 'still' : 'stopping';
  }

  /** Aborts when a stop begins: an order that ROS still holds back must not come after it. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  status(others: readonly string[]): MotionStatus['outputs'][number] {
    return {
      kind: this.kind,
      name: this.name,
      state: this.state,
      timeoutMs: this.rule.timeoutMs,
      others: [...others],
      refused: this.#refused,
      lastRefusal: this.#lastRefusal,
    };
  }

  /** What must be on disk about it; undefined where there is nothing. */
  get record(): DeadmanRecord['outputs'][number] | undefined {
    const { kind, name, type, isArmed, isLocked } = this;
    return isArmed || isLocked
      ? { kind, name, ...(type === undefined ? {} : { type }), armed: isArmed, locked: isLocked }
      : undefined;
  }

  /** As an earlier run left it: where it was armed somebody listened. */
  restore(record: DeadmanRecord['outputs'][number]): void {
    this.isArmed = record.armed;
    this.isLocked = record.locked;
    this.#isHeard = record.armed;
  }

  /** Throws `COMMAND_OUT_OF_ORDER`, `STOP_UNDELIVERED`. */
  check(order: MotionOrder): void {
    if (this.#run !== undefined && !this.#run.isDelivered) {
      throw new AgentError(
        'STOP_UNDELIVERED',
        `ROS has not taken the last stop of ${this.name} yet (${this.#run.code ?? 'it is under way'}); nothing moves it before that.`,
        { details: { name: this.name } },
      );
    }
    this.#fence.check(order);
  }

  /** Hands an order to ROS in this turn. Resolves and rejects as `send` does. */
  async pass(order: MotionOrder, isStill: boolean, send: () => Promise<MotionReceipt>): Promise<MotionReceipt> {
    this.#fence.pass(order);
    this.#lastUseMs = this.#clock.monotonicMs();
    if (isStill) return this.#passZeros(send);
    this.#moves += 1;
    this.#move(Math.min(order.bornMs, this.#clock.monotonicMs()));
    this.#inRos += 1;
    try {
      const receipt = await send();
      this.#isHeard ||= receipt.subscribers !== 0;
      return receipt;
    } finally {
      this.#inRos -= 1;
    }
  }

  /** Stops it, whatever it does. `isKept`: until {@link keep} says otherwise. */
  stop(isKept: boolean): void {
    this.stops += 1;
    this.#over.abort(new AgentError('COMMAND_OUT_OF_ORDER', `A stop of ${this.name} came while this was under way.`));
    this.#over = new AbortController();
    this.#timeout.cancel();
    this.#disarming.cancel();
    this.#run?.end();
    this.#isMoving = false;
    this.isTouched = false;
    const run = new StopRun({
      clock: this.#clock,
      actions: this.#options.stopActions(this.steps, () => this.type),
      mustBeHeard: this.#isHeard,
      isKept,
      handleChange: () => this.#handleRun(run),
      handleOver: () => {
        this.#run = undefined;
        this.#options.events.handleChange();
      },
    });
    this.#run = run;
    run.start();
    this.#options.events.handleChange();
  }

  /** A latch came, or the last one was released. */
  keep(isKept: boolean): void {
    // What stops it may have become known only now, with its type.
    const isStopped = this.#run !== undefined && !(this.#run.isEmpty && this.steps.length > 0);
    if (isKept && !isStopped) this.stop(true);
    else this.#run?.keep(isKept);
  }

  /** Resolves when it is known what became of its stop. */
  get firstWord(): Promise<void> {
    return this.#run?.firstWord ?? Promise.resolve();
  }

  /** Resolves when ROS took its stop, or there is none. */
  get delivered(): Promise<void> {
    return this.#run?.delivered ?? Promise.resolve();
  }

  /** ROS took the last stop, or there was none. */
  get isDelivered(): boolean {
    return this.#run?.isDelivered ?? true;
  }

  /** Why ROS did not take its stop, or `NO_SUBSCRIBER`. */
  get stopCode(): string | undefined {
    return this.#run?.code;
  }

  handleRefusal(code: string): boolean {
    const isNews = this.#lastRefusal !== code;
    this.#refused += 1;
    this.#lastRefusal = code;
    return isNews;
  }

  close(): void {
    this.#over.abort();
    this.#timeout.cancel();
    this.#disarming.cancel();
    this.#run?.end();
  }

  /** An order was armed for and then refused: it does not stay armed for nothing. */
  handleIdle(): void {
    if (this.isArmed && !this.isBusy && !this.#disarming.isSet) this.#disarming.set(DISARM_MS);
  }

  #move(bornMs: number): void {
    const wasMoving = this.#isMoving;
    this.#run?.end();
    this.#run = undefined;
    this.#disarming.cancel();
    this.#isMoving = true;
    this.isTouched = true;
    // What moves it now counts, even where it is older than what moved it before.
    this.#timeout.set(bornMs + this.rule.timeoutMs - this.#clock.monotonicMs());
    if (!wasMoving) this.#options.events.handleChange();
  }

  /** Zeros stop it where somebody heard them and nothing that moves it comes after them. */
  async #passZeros(send: () => Promise<MotionReceipt>): Promise<MotionReceipt> {
    const moves = this.#moves;
    const receipt = await send();
    const isLast = moves === this.#moves && this.#inRos === 0;
    if (this.#isMoving && isLast && (receipt.subscribers !== 0 || !this.#isHeard)) this.#rest();
    return receipt;
  }

  /** Zeros were executed: it stands still, and nothing has to stop it. */
  #rest(): void {
    this.#isMoving = false;
    this.#timeout.cancel();
    this.#disarming.set(DISARM_MS);
    this.#options.events.handleChange();
  }

  #handleRun(run: StopRun): void {
    if (this.#run !== run) return;
    if (run.isFailing) this.#options.events.handleUndelivered(this);
    if (run.isDelivered) {
      this.isLocked ||= this.steps.some((step) => step !== 'zeros' && 'release' in step);
      this.#disarm();
    }
    this.#options.events.handleChange();
  }

  #disarm(): void {
    this.isArmed = false;
    this.isArmedOnDisk = false;
    this.#isHeard = false;
    this.#options.events.handleRecord();
  }
}
