import type { MotionStatus, StopPayload } from '@longline/line';
import type { Clock, Log, RosGraph } from '@longline/ros';
import type { DeadmanMemory, DeadmanRecord } from './DeadmanMemory.ts';
import { emptyRecord } from './DeadmanMemory.ts';
import type { MotionOrder, MotionReceipt } from './Deadman.ts';
import type { GateOutput } from './GateOutput.ts';
import { GateOutputs } from './GateOutputs.ts';
import { MotionLease } from './MotionLease.ts';
import type { MotionOutputs } from './MotionOutputs.ts';
import { OrderRunner, refusalCode } from './OrderRunner.ts';
import { OutputRos } from './OutputRos.ts';
import { RecordKeeper } from './RecordKeeper.ts';
import { RosPulse } from './RosPulse.ts';
import { ALL_OUTPUTS, outputPattern, StopLatches } from './StopLatches.ts';
import { stopOutcome } from './stopOutcome.ts';
import { within } from './within.ts';

/** How long the answer to a stop, and the end of everything, wait for ROS to take the stops, in milliseconds. */
const STOP_ANSWER_MS = 1_500;
const STAND_STILL_MS = 2_000;
/** Refusals of one kind are told of so often, in milliseconds. */
const REFUSAL_NEWS_MS = 1_000;

export interface MotionGateParts {
  /** The gate's own: nobody else publishes on outputs through it. It stays open. */
  readonly graph: RosGraph;
  /** The agent's ROS 1 node. */
  readonly agentNode?: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly memory: DeadmanMemory;
  readonly outputs: MotionOutputs;
  /** {@link MotionGate.status} is another. */
  readonly handleChange: () => void;
}

/**
 * Decides what moves the robot, in one place: lease, age, order, limits, latches; and stops it when there is no fresh order.
 * Every instant is of the clock it was given. See {@link Deadman} for what its operations reject with.
 */
export class MotionGate {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #memory: DeadmanMemory;
  readonly #handleChange: () => void;
  readonly #lease: MotionLease;
  readonly #latches = new StopLatches();
  readonly #pulse: RosPulse;
  readonly #ros: OutputRos;
  readonly #outputs: GateOutputs;
  readonly #keeper: RecordKeeper;
  readonly #runner: OrderRunner;
  #refusalToldMs = -Infinity;

  constructor(parts: MotionGateParts) {
    const { graph, clock, log, memory } = parts;
    this.#clock = clock;
    this.#log = log;
    this.#memory = memory;
    this.#handleChange = parts.handleChange;
    this.#keeper = new RecordKeeper({ memory, log, read: () => this.#record });
    this.#lease = new MotionLease({ clock, handleEnd: (reason) => this.#handleLeaseEnd(reason) });
    this.#pulse = new RosPulse({
      graph,
      clock,
      agentNode: parts.agentNode,
      isBusy: () => this.#lease.isHeld || this.#latches.size > 0 || this.#outputs.all.some(({ isBusy }) => isBusy),
      handleSnapshot: () => this.#handleSnapshot(),
    });
    this.#ros = new OutputRos({ graph, clock, pulse: this.#pulse });
    this.#outputs = new GateOutputs({
      rules: parts.outputs,
      clock,
      pulse: this.#pulse,
      ros: this.#ros,
      events: {
        handleChange: () => this.#handleChange(),
        handleUndelivered: ({ name, stopCode }) =>
          this.#log.error({ output: name, code: stopCode }, 'ROS does not take the stop of an output; it is tried on'),
        handleRecord: () => this.#keeper.flushLater(),
        handleTimeout: ({ name, rule }) =>
          this.#log.warn(
            { output: name, timeoutMs: rule.timeoutMs },
            'no fresh order came in time: the output is stopped',
          ),
      },
    });
    this.#runner = new OrderRunner({
      clock,
      lease: this.#lease,
      latches: this.#latches,
      pulse: this.#pulse,
      ros: this.#ros,
      keeper: this.#keeper,
    });
  }

  get status(): MotionStatus {
    return {
      deadman: { state: 'ready' },
      token: this.#lease.highestToken,
      leased: this.#lease.isHeld,
      latches: this.#latches.list.map((latch) => ({ ...latch })),
      outputs: this.#outputs.all.map((output) => output.status(this.#othersOn(output))),
    };
  }

  /** Something moves, or is not known to stand still. */
  get isMoving(): boolean {
    return this.#outputs.all.some(({ isMoving, isDelivered }) => isMoving || !isDelivered);
  }

  /** Reads what is on disk, stops what was armed, and latches what was latched. */
  async start(): Promise<void> {
    const record = await this.#loaded();
    this.#lease.restore(record.highestToken);
    for (const latch of record.latches) this.#latches.add(latch);
    for (const each of record.outputs) {
      const output = this.#outputs.get(each.kind, each.name, each.type);
      output.restore(each);
      if (each.armed)
        this.#log.warn({ output: each.name }, 'the robot may have been moving when its agent ended: it is stopped');
      if (each.armed) output.stop(this.#latches.isLatched(each.name));
    }
    this.#latchOutputs();
    this.#pulse.start();
    this.#handleChange();
  }

  async execute(order: MotionOrder): Promise<MotionReceipt> {
    const output = this.#outputs.get(order.kind, order.name, order.type);
    try {
      return await this.#runner.run(order, output);
    } catch (error) {
      this.#handleRefusal(output, refusalCode(error));
      throw error;
    }
  }

  async takeLease(token: number, heldUntilMs: number): Promise<void> {
    if (token === this.#lease.highestToken && this.#lease.isHeld) {
      this.renewLease(token, heldUntilMs);
      return;
    }
    const begin = this.#lease.raise(token, heldUntilMs);
    void this.#pulse.ask().then(() => {
      this.#outputs.discover();
      this.#outputs.warm();
    });
    await this.#keeper.flush();
    begin();
    this.#pulse.hurry();
    this.#log.info({ token }, 'a lease to move the robot begins');
    this.#handleChange();
  }

  renewLease(token: number, heldUntilMs: number): void {
    this.#lease.renew(token, heldUntilMs);
  }

  endLease(token: number, reason = 'its holder released it'): void {
    if (token === this.#lease.highestToken) this.#lease.end(reason);
  }

  handleLineClosed(): void {
    this.#lease.end('the line ended');
  }

  /** Nobody knows whether fresh orders would come: what moves is stopped, the lease goes on. */
  stopMoving(reason: string): void {
    for (const output of this.#outputs.all) {
      if (!output.isMoving) continue;
      this.#log.warn({ output: output.name, reason }, 'the output is stopped');
      output.stop(false);
    }
  }

  async stop(by: string, outputs = ALL_OUTPUTS): Promise<StopPayload> {
    const matches = outputPattern(outputs);
    const isNew = !this.#latches.list.some((latch) => latch.outputs === outputs);
    this.#latches.add({ outputs, by: by.slice(0, 256), sinceMs: Number(this.#clock.wallNs() / 1_000_000n) });
    if (isNew) this.#log.warn({ by, outputs }, 'outputs are stopped until the stop is released');
    // What is known is stopped before anything is waited for.
    this.#outputs.discover();
    for (const output of this.#outputs.all) if (matches(output.name)) output.stop(true);
    this.#handleChange();
    const written = this.#keeper.flush();
    written.catch(() => undefined);
    await within(this.#clock, STOP_ANSWER_MS, async () => {
      await this.#pulse.ask();
      this.#outputs.discover();
      this.#latchOutputs();
      const stopped = this.#outputs.all.filter(({ name }) => matches(name));
      await Promise.all(stopped.map(({ firstWord }) => firstWord));
    });
    await written;
    const stopped = this.#outputs.all.filter(({ name }) => matches(name));
    return { outputs: stopped.map((output) => stopOutcome(output, this.#othersOn(output))) };
  }

  async releaseStop(token: number, outputs = ALL_OUTPUTS): Promise<void> {
    this.#lease.check(token);
    const matches = outputPattern(outputs);
    this.#latches.release(outputs);
    this.#log.info({ outputs, token }, 'a stop is released');
    const released: GateOutput[] = [];
    for (const output of this.#outputs.all) {
      if (this.#latches.isLatched(output.name)) continue;
      output.keep(false);
      if (!matches(output.name)) continue;
      output.deafUntilMs = this.#clock.monotonicMs();
      if (output.isLocked) released.push(output);
    }
    this.#handleChange();
    await this.#keeper.flush();
    for (const output of released) await this.#unlock(output);
  }

  /** Ends the lease and stops what moves. Resolves when ROS has taken the stops, 2 s at most. */
  async standStill(reason: string): Promise<void> {
    this.#lease.end(reason);
    this.stopMoving(reason);
    await within(this.#clock, STAND_STILL_MS, () => Promise.all(this.#outputs.all.map(({ delivered }) => delivered)));
  }

  /** Whether a stop is still to be delivered or repeated, latches aside. */
  get isStopping(): boolean {
    return this.#outputs.all.some(({ state }) => state !== 'still');
  }

  /** From now on another process may own what is on disk. */
  freeze(): void {
    this.#keeper.freeze();
  }

  /** Nothing more of it reaches ROS. */
  dispose(): void {
    this.#lease.end('the deadman ends');
    this.#pulse.close();
    for (const output of this.#outputs.all) output.close();
    this.#ros.close();
  }

  /**
   * What nobody can read is read in the safe way: everything is latched, and no token is believed that was not given after
   * now (servers count up from one, seconds since 1970 are beyond what they come to).
   */
  async #loaded(): Promise<DeadmanRecord> {
    const record = (await this.#memory.load()) ?? emptyRecord;
    if (record !== 'unreadable') return record;
    const nowMs = Number(this.#clock.wallNs() / 1_000_000n);
    const latch = { outputs: ALL_OUTPUTS, by: 'the robot: its state file was unreadable', sinceMs: nowMs };
    return { ...emptyRecord, highestToken: Math.floor(nowMs / 1_000), latches: [latch] };
  }

  get #record(): DeadmanRecord {
    return {
      version: 1,
      highestToken: this.#lease.highestToken,
      latches: [...this.#latches.list],
      outputs: this.#outputs.all.flatMap(({ record }) => (record === undefined ? [] : [record])),
    };
  }

  #handleLeaseEnd(reason: string): void {
    this.#log.info({ token: this.#lease.highestToken, reason }, 'a lease to move the robot ended');
    for (const output of this.#outputs.all) if (output.isTouched) output.stop(false);
    this.#handleChange();
  }

  #handleSnapshot(): void {
    if (this.#latches.size > 0) this.#outputs.discover();
    this.#latchOutputs();
    this.#handleChange();
  }

  #latchOutputs(): void {
    for (const output of this.#outputs.all) if (this.#latches.isLatched(output.name)) output.keep(true);
  }

  async #unlock(output: GateOutput): Promise<void> {
    const { stops } = output;
    await this.#ros.release(output.steps);
    if (stops === output.stops) output.isLocked = false;
    this.#keeper.flushLater();
  }

  #handleRefusal(output: GateOutput, code: string): void {
    const isNews = output.handleRefusal(code);
    const nowMs = this.#clock.monotonicMs();
    if (!isNews && nowMs - this.#refusalToldMs < REFUSAL_NEWS_MS) return;
    this.#refusalToldMs = nowMs;
    this.#handleChange();
  }

  #othersOn({ kind, name }: GateOutput): string[] {
    return kind === 'topic' ? this.#pulse.othersOn(name) : [];
  }
}
