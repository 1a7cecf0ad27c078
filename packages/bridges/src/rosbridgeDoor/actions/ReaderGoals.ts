import { randomUUID } from 'node:crypto';
import { RosError } from '@longline/ros';
import { DoorError } from '../../door/DoorError.ts';
import type { ReaderQueue } from '../../door/ReaderQueue.ts';
import type { OpOf } from '../ClientOp.ts';
import type { DoorReader } from '../DoorReader.ts';
import type { FrameArrival } from '../FrameArrival.ts';
import { resolveName } from '../resolveName.ts';
import { refusalText } from '../StatusTeller.ts';
import { ActionClient } from './ActionClient.ts';
import { rosbridgeStatus } from './goalStatus.ts';
import { SentGoal } from './SentGoal.ts';

/** Goals of one reader that are open at a time. */
export const MAX_READER_GOALS = 100;
/** Actions that one reader sends goals to; with one more that goes which has none open. */
export const MAX_READER_ACTIONS = 20;

/** The goals that one reader sends to action servers of the robot. They go on when the reader is gone, as with rosbridge. */
export class ReaderGoals {
  readonly #reader: DoorReader;
  readonly #queue: ReaderQueue;
  /** By full name, used longest ago first. */
  readonly #clients = new Map<string, ActionClient>();

  constructor(reader: DoorReader, queue: ReaderQueue) {
    this.#reader = reader;
    this.#queue = queue;
  }

  /** Whatever happens, an `action_result` comes. Throws `FRAME_UNEXPECTED` for the ID of a goal that is open. */
  send(op: OpOf<'send_action_goal'>, arrival: FrameArrival): void {
    const goalId = op.id === undefined ? `longline:${randomUUID()}` : String(op.id);
    const goal = new SentGoal(goalId, op, this.#reader, this.#queue);
    for (const client of this.#clients.values()) {
      if (!client.has(goalId)) continue;
      throw new DoorError('FRAME_UNEXPECTED', `A goal with the ID ${goalId.slice(0, 100)} is open. Give each its own.`);
    }
    try {
      this.#client(resolveName(op.action.split('#')[0] ?? '')).send(goal, arrival);
    } catch (error) {
      goal.end(JSON.stringify(refusalText(error)), rosbridgeStatus.unknown, false);
    }
  }

  /** Throws `NAME_INVALID`, `GOAL_UNKNOWN` for the ID of no open goal. */
  cancel(op: OpOf<'cancel_action_goal'>, arrival: FrameArrival): void {
    const client = this.#clients.get(resolveName(op.action.split('#')[0] ?? ''));
    const goalId = String(op.id);
    if (client?.has(goalId) === true) client.cancel(goalId, op.id, arrival);
    else {
      throw new RosError('GOAL_UNKNOWN', `This connection has no open goal ${goalId.slice(0, 100)} of ${op.action}.`);
    }
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }

  #client(name: string): ActionClient {
    let open = 0;
    let idle: string | undefined;
    for (const [other, client] of this.#clients) {
      open += client.size;
      if (client.size === 0 && other !== name) idle ??= other;
    }
    if (open >= MAX_READER_GOALS) throw tooMany(`${MAX_READER_GOALS} open goals`);
    const known = this.#clients.get(name);
    if (known === undefined && this.#clients.size >= MAX_READER_ACTIONS) {
      if (idle === undefined) throw tooMany(`goals of ${MAX_READER_ACTIONS} actions`);
      this.#clients.get(idle)?.close();
      this.#clients.delete(idle);
    }
    const client = known ?? new ActionClient(this.#reader, name);
    this.#clients.delete(name);
    this.#clients.set(name, client);
    return client;
  }
}

const tooMany = (what: string): DoorError =>
  new DoorError('LIMIT_EXCEEDED', `One connection has at most ${what} at a time. Wait for results, or cancel some.`);
