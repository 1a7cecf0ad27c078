import { isLonglineError } from '@longline/ros';
import type { Clock } from '@longline/ros';
import { AgentError } from '../errors.ts';
import type { MotionOrder, MotionReceipt } from './Deadman.ts';
import type { GateOutput } from './GateOutput.ts';
import type { MotionLease } from './MotionLease.ts';
import type { OutputRos } from './OutputRos.ts';
import type { RecordKeeper } from './RecordKeeper.ts';
import type { RosPulse } from './RosPulse.ts';
import type { StopLatches } from './StopLatches.ts';

export interface OrderRunnerParts {
  readonly clock: Clock;
  readonly lease: MotionLease;
  readonly latches: StopLatches;
  readonly pulse: RosPulse;
  readonly ros: OutputRos;
  readonly keeper: RecordKeeper;
}

/** Executes orders, and only those that are wanted at the very moment at which they go to ROS. */
export class OrderRunner {
  readonly #parts: OrderRunnerParts;
  readonly #arming = new Map<GateOutput, Promise<void>>();

  constructor(parts: OrderRunnerParts) {
    this.#parts = parts;
  }

  /** Rejects as {@link Deadman.execute} says. */
  async run(order: MotionOrder, output: GateOutput): Promise<MotionReceipt> {
    const { ros, pulse } = this.#parts;
    const { stops } = output;
    output.underWay += 1;
    try {
      const options = { deadlineMs: this.#check(order, output), signal: output.signal };
      const prepared = await ros.prepare(order, output.rule, options);
      output.type ??= prepared.type;
      await pulse.checkAlive();
      const isStill = prepared.isStill && output.steps.includes('zeros');
      if (!isStill) await this.#arm(output);
      // From here to ROS nothing is waited for.
      const lifeMs = this.#check(order, output);
      if (stops !== output.stops) throw overtaken(output.name);
      if (!isStill && !output.rate.take()) throw tooFast(output);
      const bounds = { deadlineMs: this.#waitMs(order, lifeMs), signal: output.signal };
      const receipt = await output.pass(order, isStill, () => prepared.send(bounds));
      if (receipt.subscribers === 0) throw unheard(output.name);
      return receipt;
    } finally {
      output.underWay -= 1;
      output.handleIdle();
    }
  }

  /** A message must not reach ROS later than it lives; a call that has begun is waited for as its caller wishes. */
  #waitMs({ kind, deadlineMs, bornMs }: MotionOrder, lifeMs: number): number {
    return kind === 'topic' ? lifeMs : deadlineMs - (this.#parts.clock.monotonicMs() - bornMs);
  }

  /** Returns for how many milliseconds it may still be executed. */
  #check(order: MotionOrder, output: GateOutput): number {
    const { clock, lease, latches } = this.#parts;
    lease.check(order.token);
    latches.check(order.kind, order.name);
    const ageMs = clock.monotonicMs() - order.bornMs;
    const lifeMs = Math.min(order.deadlineMs, output.rule.timeoutMs);
    // Written so that what is no number is refused.
    if (!(ageMs < lifeMs)) throw expired(ageMs, lifeMs);
    if (order.bornMs < output.deafUntilMs) throw overtaken(output.name);
    output.check(order);
    return Math.min(lifeMs, lifeMs - ageMs);
  }

  /** Brings to disk that it may move, before it does; a stop that locked it is released. */
  #arm(output: GateOutput): Promise<void> {
    if (output.isArmedOnDisk && !output.isLocked && !this.#arming.has(output)) return Promise.resolve();
    let arming = this.#arming.get(output);
    if (arming === undefined) {
      arming = this.#armAnew(output).finally(() => this.#arming.delete(output));
      this.#arming.set(output, arming);
    }
    return arming;
  }

  async #armAnew(output: GateOutput): Promise<void> {
    output.isArmed = true;
    output.isTouched = true;
    const { stops } = output;
    await this.#parts.keeper.flush();
    if (stops !== output.stops) throw overtaken(output.name);
    output.isArmedOnDisk = true;
    if (!output.isLocked) return;
    await this.#parts.ros.release(output.steps);
    // A stop that came meanwhile locks it again.
    if (stops !== output.stops) throw overtaken(output.name);
    output.isLocked = false;
    this.#parts.keeper.flushLater();
  }
}

/** The code of what was refused. */
export const refusalCode = (error: unknown): string => (isLonglineError(error) ? error.code : 'INTERNAL');

const expired = (ageMs: number, lifeMs: number): AgentError =>
  new AgentError(
    'COMMAND_EXPIRED',
    `The order was ${Math.round(ageMs)} ms old on the robot and is good for ${Math.round(lifeMs)} ms; it was not executed. ` +
      'Send a new one.',
    { details: { ageMs, lifeMs } },
  );

const overtaken = (name: string): AgentError =>
  new AgentError('COMMAND_OUT_OF_ORDER', `A stop of ${name} came after this was made; it was not executed.`, {
    details: { name },
  });

const tooFast = ({ name, rule }: GateOutput): AgentError =>
  new AgentError('RATE_BEYOND', `${name} takes ${rule.maxRateHz ?? 0} orders a second on this robot. Send fewer.`, {
    details: { name, maxRateHz: rule.maxRateHz },
  });

const unheard = (name: string): AgentError =>
  new AgentError('NO_SUBSCRIBER', `Nobody on the robot listens to ${name}: it moved nothing. Start its driver.`, {
    details: { name },
  });
