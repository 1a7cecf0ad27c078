import { codecFor, silentLog } from '@longline/ros';
import { FakeClock } from '@longline/testing';
import { motionSchema } from '../config/motionSchema.ts';
import type { MotionOrder } from './Deadman.ts';
import { twist } from './GateWorld.fixture.ts';
import { MotionGate } from './MotionGate.ts';
import { MotionOutputs } from './MotionOutputs.ts';
import { UnreliableDisk, UnreliableRos } from './UnreliableRos.fixture.ts';
import type { RobotConditions } from './UnreliableRos.fixture.ts';

/** Of every output in a history. */
export const TIMEOUT_MS = 500;
/** How long faults that are over may still delay a stop, in milliseconds. */
const SLACK_MS = 450;

/** A history goes wrong. */
export class Violation extends Error {}

/** One gate after another before the same robot, and an observer at ROS who knows what must never happen. */
export class GateHistory {
  readonly clock = new FakeClock({ startMs: 10_000_000 });
  readonly conditions: RobotConditions = {
    holdMs: 0,
    refusesMessages: false,
    isSilent: false,
    isDiskFull: false,
    diskMs: 0,
  };
  /** Orders that were made, by the number that travels in their message. */
  readonly orders: MotionOrder[] = [];
  /** How many orders reached ROS: a history in which none does proves nothing. */
  executed = 0;
  /** The server's last token. */
  #tokens = 0;
  readonly #disk = new UnreliableDisk(this.clock, this.conditions);
  #ros!: UnreliableRos;
  #gate!: MotionGate;
  #lease: { token: number; heldUntilMs: number } | undefined;
  #highestToken = 0;
  #isLatched = false;
  /** A stop that was answered: it must survive whatever comes. */
  #isLatchSure = false;
  readonly #done = new Set<number>();
  readonly #newest = new Map<number, number>();
  /** The last order that moved the robot; undefined after zeros. */
  #moving: MotionOrder | undefined;
  #leaseOverMs = -Infinity;
  /** Until when something kept stops from ROS. */
  #faultyMs = -Infinity;

  async start(): Promise<void> {
    const ros = new UnreliableRos(this.clock, this.conditions, (data) => this.#handleMessage(data));
    this.#ros = ros;
    this.#gate = new MotionGate({
      graph: ros,
      clock: this.clock,
      log: silentLog,
      memory: this.#disk.openFor(ros),
      outputs: new MotionOutputs(motionSchema.parse({}), ['/cmd_vel']),
      handleChange: () => undefined,
    });
    await this.#gate.start();
    const { token, latches } = this.#gate.status;
    if (token < this.#highestToken) throw new Violation(`after a restart token ${token} < ${this.#highestToken}`);
    if (this.#isLatchSure && latches.length === 0) throw new Violation('a restart lost a latch');
    this.#isLatched = latches.length > 0;
  }

  /** The deadman is killed, and started again. */
  async restart(): Promise<void> {
    this.#ros.isKilled = true;
    this.#gate.dispose();
    this.#endLease();
    this.#faultyMs = this.clock.monotonicMs();
    await this.start();
  }

  async take(holdMs: number): Promise<void> {
    const token = ++this.#tokens;
    const heldUntilMs = this.clock.monotonicMs() + holdMs;
    this.#endLease();
    const taken = this.#gate.takeLease(token, heldUntilMs).then(
      () => {
        this.#highestToken = Math.max(this.#highestToken, token);
        this.#lease = { token, heldUntilMs };
      },
      () => undefined,
    );
    await this.#within(taken);
  }

  renew(token: number, holdMs: number): void {
    const heldUntilMs = this.clock.monotonicMs() + holdMs;
    try {
      this.#gate.renewLease(token, heldUntilMs);
    } catch {
      return;
    }
    if (this.#lease?.token !== token) throw new Violation(`token ${token} was renewed and not held`);
    this.#lease.heldUntilMs = Math.max(this.#lease.heldUntilMs, heldUntilMs);
  }

  release(token: number): void {
    if (token === this.#tokens) this.#endLease();
    this.#gate.endLease(token);
  }

  closeLine(): void {
    this.#endLease();
    this.#gate.handleLineClosed();
  }

  stopMoving(): void {
    this.#gate.stopMoving('silent');
  }

  stop(): void {
    this.#isLatched = true;
    this.#gate.stop('somebody').then(
      () => (this.#isLatchSure = this.#isLatched),
      () => undefined,
    );
  }

  releaseStop(token: number): void {
    if (this.#lease?.token !== token || this.#lease.heldUntilMs <= this.clock.monotonicMs()) {
      this.#gate.releaseStop(token).then(
        () => Promise.reject(new Violation('a latch was released without the lease')),
        () => undefined,
      );
      return;
    }
    this.#isLatched = false;
    this.#isLatchSure = false;
    this.#gate.releaseStop(token).catch(() => undefined);
  }

  /** The newest token, or one so many before it. */
  token(back: number): number {
    return Math.max(0, this.#tokens - back);
  }

  /** An order is made, and arrives so much later. */
  drive(order: {
    readonly back: number;
    readonly olderMs: number;
    readonly delayMs: number;
    readonly deadlineMs: number;
    readonly repeat: boolean;
    readonly isZero: boolean;
    readonly isOutOfOrder: boolean;
  }): void {
    const { back, olderMs, delayMs, deadlineMs, repeat, isZero, isOutOfOrder } = order;
    const made: MotionOrder = {
      kind: 'topic',
      name: '/cmd_vel',
      type: 'geometry_msgs/Twist',
      // Its number travels as its speed.
      data: codecFor(twist, 'ros1').encode(isZero ? {} : { linear: { x: this.orders.length + 1 } }),
      token: this.token(back),
      sequence: this.orders.length + (isOutOfOrder ? 0 : 3),
      repeat,
      bornMs: this.clock.monotonicMs() - olderMs,
      deadlineMs,
    };
    this.orders.push(made);
    this.deliver(made, delayMs);
  }

  /** An order that was made before arrives again. */
  replay(which: number, delayMs: number): void {
    const order = this.orders.at(-1 - which);
    if (order !== undefined) this.deliver(order, delayMs);
  }

  /** Something about the robot is another from now on. */
  change(conditions: Partial<RobotConditions>): void {
    if (this.conditions.holdMs > 0 || this.conditions.refusesMessages) this.#faultyMs = this.clock.monotonicMs();
    Object.assign(this.conditions, conditions);
  }

  /** The machine does nothing for a while. */
  async stall(durationMs: number): Promise<void> {
    this.clock.stall(durationMs);
    this.#faultyMs = this.clock.monotonicMs();
    await this.advance(1);
  }

  /** All faults end. */
  repair(): void {
    this.change({ holdMs: 0, refusesMessages: false, isSilent: false, isDiskFull: false });
  }

  deliver(order: MotionOrder, delayMs: number): void {
    this.clock.after(delayMs, () => {
      this.#gate.execute(order).catch(() => undefined);
    });
  }

  /** Time passes, and is looked at in between. */
  async advance(durationMs: number): Promise<void> {
    for (let leftMs = durationMs; leftMs > 0; leftMs -= 100) {
      await this.#pass(Math.min(100, leftMs));
      this.#checkStopped();
    }
  }

  /** All faults end; nothing may move after that. */
  async end(): Promise<void> {
    this.repair();
    await this.advance(TIMEOUT_MS + 1_000);
    if (this.#moving !== undefined) throw new Violation('the robot still moves at the end');
    this.#gate.dispose();
  }

  #endLease(): void {
    if (this.#lease !== undefined) this.#leaseOverMs = this.clock.monotonicMs();
    this.#lease = undefined;
  }

  /** What reaches ROS, at the moment it does. */
  #handleMessage(data: Uint8Array): void {
    const number = new DataView(data.buffer, data.byteOffset).getFloat64(0, true);
    if (number === 0) {
      this.#moving = undefined;
      return;
    }
    const order = this.orders[number - 1];
    if (order === undefined) throw new Error('an order that nobody made');
    const nowMs = this.clock.monotonicMs();
    const ageMs = nowMs - order.bornMs;
    const fail = (what: string): never => {
      throw this.#record(
        new Violation(`${what}: order ${number} ${JSON.stringify({ ...order, data: '' })} at ${nowMs}`),
      );
    };
    this.executed += 1;
    if (this.#lease?.token !== order.token) fail('without its lease');
    if (nowMs >= (this.#lease?.heldUntilMs ?? 0)) fail('after its lease ran out');
    if (this.#isLatched) fail('while latched');
    if (ageMs >= Math.min(order.deadlineMs, TIMEOUT_MS)) fail(`at the age of ${ageMs} ms`);
    if (!order.repeat && this.#done.has(number)) fail('twice');
    if (order.sequence < (this.#newest.get(order.token) ?? -1)) fail('out of order');
    if (this.#disk.record?.outputs.some(({ armed }) => armed) !== true) fail('without being armed on disk');
    if ((this.#disk.record?.highestToken ?? 0) < order.token) fail('before its token was on disk');
    this.#done.add(number);
    this.#newest.set(order.token, order.sequence);
    this.#moving = order;
  }

  /** Thrown within the gate it would be taken for a fault of ROS. */
  violation: Violation | undefined;
  #record(violation: Violation): Violation {
    this.violation ??= violation;
    return violation;
  }

  async #pass(durationMs: number): Promise<void> {
    const { holdMs, refusesMessages } = this.conditions;
    await this.clock.advance(durationMs);
    if (holdMs > 0 || refusesMessages) this.#faultyMs = this.clock.monotonicMs();
  }

  #checkStopped(): void {
    if (this.violation !== undefined) throw this.violation;
    const nowMs = this.clock.monotonicMs();
    if (this.#moving === undefined || nowMs - this.#faultyMs < SLACK_MS) return;
    if (nowMs - this.#moving.bornMs > TIMEOUT_MS) throw new Violation('it moves without a fresh order');
    if (this.#isLatched) throw new Violation('it moves while latched');
    if (this.#lease === undefined) throw new Violation(`it moves without a lease since ${this.#leaseOverMs}`);
  }

  /** Whatever takes time on the robot takes it while the clock runs. */
  async #within<T>(work: Promise<T>): Promise<T> {
    const settled = Promise.allSettled([work]).then(() => true);
    for (let tries = 0; tries < 100; tries++) {
      await this.#pass(5);
      if (await Promise.race([settled, Promise.resolve(false)])) break;
    }
    return work;
  }
}
