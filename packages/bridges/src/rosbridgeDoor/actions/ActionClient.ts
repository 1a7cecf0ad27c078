import { RosError, stringifyExact } from '@longline/ros';
import type { Message } from '@longline/ros';
import type { ClientId } from '../ClientOp.ts';
import type { DoorReader } from '../DoorReader.ts';
import { fillTimes } from '../fillTimes.ts';
import { ageNow } from '../FrameArrival.ts';
import type { FrameArrival } from '../FrameArrival.ts';
import { findLayout } from '../schemaLayout.ts';
import { refusalText } from '../StatusTeller.ts';
import { ActionLink } from './ActionLink.ts';
import type { Heard } from './ActionLink.ts';
import { goalStatusesOf, goalStatusOf, resultJson } from './actionMessages.ts';
import type { GoalStatus } from './actionMessages.ts';
import { actionTypes, CANCEL_TYPE } from './actionNames.ts';
import type { ActionTypes } from './actionNames.ts';
import { isEnd, rosbridgeStatus, rosbridgeStatusOf } from './goalStatus.ts';
import type { SentGoal } from './SentGoal.ts';

/** An action server that tells of others and not of a goal for so long has lost it, in milliseconds. */
const LOST_AFTER_MS = 5_000;
/** A result comes at most so long after the status that says that there is one, in milliseconds. */
const RESULT_AFTER_MS = 3_000;

const encoder = new TextEncoder();

/** One reader's goals of one action of the robot: rosbridge's action ops as the topics of actionlib. */
export class ActionClient {
  readonly #reader: DoorReader;
  readonly #link: ActionLink;
  readonly #goals = new Map<string, SentGoal>();

  constructor(reader: DoorReader, name: string) {
    this.#reader = reader;
    this.#link = new ActionLink({ reader, name, handleMessage: (what, message) => this.#handle(what, message) });
  }

  /** Open goals. */
  get size(): number {
    return this.#goals.size;
  }

  has(goalId: string): boolean {
    return this.#goals.has(goalId);
  }

  /** Sends it when an action server is there; its end is told in any case. */
  send(goal: SentGoal, arrival: FrameArrival): void {
    this.#goals.set(goal.goalId, goal);
    goal.sent = this.#link
      .find()
      .then((types) => this.#publishGoal(goal, types, arrival))
      .catch((error: unknown) => this.#fail(goal, refusalText(error)));
  }

  /** One that was not sent yet will not be; any other is the action server's to end. */
  cancel(goalId: string, id: ClientId | undefined, arrival: FrameArrival): void {
    const goal = this.#goals.get(goalId);
    if (goal === undefined) return;
    if (goal.seenMs === Number.POSITIVE_INFINITY) {
      this.#end(goal, JSON.stringify('cancelled before it was sent'), rosbridgeStatus.canceled, false);
      return;
    }
    // A cancel never overtakes its goal.
    goal.sent
      .then(() => this.#publish(this.#link.topics.cancel, CANCEL_TYPE, { id: goalId }, arrival))
      .catch((error: unknown) => this.#reader.statuses.refuse(error, { about: this.#link.topics.cancel, id }));
  }

  close(): void {
    for (const goal of this.#goals.values()) goal.close();
    this.#goals.clear();
    this.#link.close();
  }

  async #publishGoal(goal: SentGoal, types: ActionTypes, arrival: FrameArrival): Promise<void> {
    if (goal.hasEnded()) return;
    const { action_type: given, args } = goal.op;
    // ROS 2 keeps definitions in packages of their own, so clients name those; the fields are checked against the robot's.
    if (given !== undefined && actionTypes(given).name !== types.name) {
      throw new RosError('TYPE_MISMATCH', `The action server takes ${types.goal}, not goals of ${given}.`);
    }
    const message = { header: {}, goal_id: { id: goal.goalId }, goal: args ?? {} };
    const layout = findLayout(await this.#reader.graphView.messageSchema(types.goal));
    if (goal.hasEnded()) return;
    const { robot, clock } = this.#reader;
    const filled = layout === undefined ? message : fillTimes(layout, message, robot.nowNs());
    goal.seenMs = clock.monotonicMs();
    await this.#publish(this.#link.topics.goal, types.goal, filled, arrival);
    goal.seenMs = Math.max(goal.seenMs, clock.monotonicMs());
  }

  async #publish(topic: string, type: string, message: unknown, arrival: FrameArrival): Promise<void> {
    const { robot, clock } = this.#reader;
    const data = encoder.encode(stringifyExact(message));
    await robot.outputs.publish({
      topic,
      type,
      encoding: 'json',
      data,
      ...ageNow(arrival, clock.monotonicMs()),
    });
  }

  #handle(what: Heard, message: Message): void {
    if (this.#goals.size === 0) return;
    try {
      if (what === 'status') this.#handleStatuses(goalStatusesOf(message));
      else {
        const status = goalStatusOf(message);
        const goal = this.#goals.get(status.goal_id.id);
        if (goal === undefined) return;
        goal.seenMs = this.#reader.clock.monotonicMs();
        if (what === 'feedback') goal.handleFeedback(message);
        else this.#end(goal, message.transcoded(resultJson), rosbridgeStatusOf(status.status), true);
      }
    } catch (error) {
      this.#reader.statuses.refuse(error, { about: this.#link.topics[what] });
    }
  }

  /** Topics may lose messages: what the statuses say ends a goal whose result did not come. */
  #handleStatuses(statuses: readonly GoalStatus[]): void {
    const nowMs = this.#reader.clock.monotonicMs();
    for (const { goal_id, status, text } of statuses) {
      const goal = this.#goals.get(goal_id.id);
      if (goal === undefined) continue;
      goal.seenMs = nowMs;
      if (!isEnd(status)) continue;
      goal.endedMs ??= nowMs;
      if (nowMs - goal.endedMs < RESULT_AFTER_MS) continue;
      const words = `ROS_TIMEOUT: the goal is over, and its result did not come. ${text}`;
      this.#end(goal, JSON.stringify(words.trimEnd().slice(0, 1_000)), rosbridgeStatusOf(status), false);
    }
    for (const goal of [...this.#goals.values()]) {
      if (nowMs - goal.seenMs > LOST_AFTER_MS) {
        this.#fail(goal, 'GOAL_UNKNOWN: the action server knows nothing of the goal (any more).');
      }
    }
  }

  #fail(goal: SentGoal, words: string): void {
    this.#end(goal, JSON.stringify(words), rosbridgeStatus.unknown, false);
  }

  #end(
    goal: SentGoal,
    values: string,
    status: (typeof rosbridgeStatus)[keyof typeof rosbridgeStatus],
    result: boolean,
  ): void {
    if (this.#goals.get(goal.goalId) === goal) this.#goals.delete(goal.goalId);
    goal.end(values, status, result);
  }
}
