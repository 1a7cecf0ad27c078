import { RosError } from '@longline/ros';
import type { Clock, GraphSnapshot, OperationOptions } from '@longline/ros';
import { FakeGraph } from '@longline/testing';
import { twist } from './GateWorld.fixture.ts';
import type { DeadmanMemory, DeadmanRecord } from './DeadmanMemory.ts';

/** How the robot and its disk are; a history changes it. */
export interface RobotConditions {
  /** ROS holds messages back for so long, in milliseconds. */
  holdMs: number;
  /** ROS takes no message. */
  refusesMessages: boolean;
  /** ROS does not answer. */
  isSilent: boolean;
  /** The disk takes no write. */
  isDiskFull: boolean;
  /** A write takes so long, in milliseconds. */
  diskMs: number;
}

/** ROS as one run of a gate sees it. What a killed run still does reaches nobody. */
export class UnreliableRos extends FakeGraph {
  readonly #clock: Clock;
  readonly #conditions: RobotConditions;
  readonly #handleMessage: (data: Uint8Array) => void;
  isKilled = false;
  /** Until when it holds messages back. */
  #freeMs = -Infinity;

  constructor(clock: Clock, conditions: RobotConditions, handleMessage: (data: Uint8Array) => void) {
    super(clock);
    this.#clock = clock;
    this.#conditions = conditions;
    this.#handleMessage = handleMessage;
    this.setTopic('/cmd_vel', twist, { publishers: [] });
  }

  override snapshot(): Promise<GraphSnapshot> {
    if (this.#conditions.isSilent) return Promise.reject(new RosError('ROS_UNREACHABLE', 'silent'));
    return super.snapshot();
  }

  override async advertise(...to: Parameters<FakeGraph['advertise']>): ReturnType<FakeGraph['advertise']> {
    const publisher = await super.advertise(...to);
    return {
      ...publisher,
      publish: async (data, { signal, deadlineMs = 5_000 }: OperationOptions = {}) => {
        const { holdMs, refusesMessages } = this.#conditions;
        const nowMs = this.#clock.monotonicMs();
        const lateMs = nowMs + deadlineMs;
        // One publisher's messages keep their order.
        this.#freeMs = Math.max(this.#freeMs, nowMs + holdMs);
        const waitMs = this.#freeMs - nowMs;
        if (waitMs > 0) await this.#held(Math.min(waitMs, deadlineMs), signal);
        if (this.#clock.monotonicMs() >= lateMs) throw new RosError('ROS_TIMEOUT', 'held back for too long');
        signal?.throwIfAborted();
        if (refusesMessages) throw new RosError('ROS_UNREACHABLE', 'refused');
        if (!this.isKilled) this.#handleMessage(data);
        return { subscribers: 1 };
      },
    };
  }

  #held(durationMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#clock.after(durationMs, resolve);
      signal?.addEventListener('abort', () => reject(new RosError('GRAPH_CLOSED', 'given up')));
    });
  }
}

/** A disk that outlives the runs of a gate. */
export class UnreliableDisk {
  readonly #clock: Clock;
  readonly #conditions: RobotConditions;
  record: DeadmanRecord | undefined;

  constructor(clock: Clock, conditions: RobotConditions) {
    this.#clock = clock;
    this.#conditions = conditions;
  }

  /** As one run of a gate sees it: a write that was under way when it is killed is lost. */
  openFor(run: { readonly isKilled: boolean }): DeadmanMemory {
    return {
      load: () => Promise.resolve(this.record),
      save: async (record) => {
        const copy = structuredClone(record);
        if (this.#conditions.diskMs > 0) {
          await new Promise<void>((resolve) => void this.#clock.after(this.#conditions.diskMs, resolve));
        }
        if (this.#conditions.isDiskFull) throw new Error('ENOSPC');
        if (!run.isKilled) this.record = copy;
      },
    };
  }
}
