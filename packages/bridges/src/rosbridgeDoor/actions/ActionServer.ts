import { RosError, stringifyExact } from '@longline/ros';
import type { Disposer, Message, Subscription } from '@longline/ros';
import type { OpOf } from '../ClientOp.ts';
import type { DoorReader } from '../DoorReader.ts';
import { cancelledIdOf, goalIdOf, goalJson } from './actionMessages.ts';
import { actionTopics, actionTypes, CANCEL_TYPE, STATUS_TYPE } from './actionNames.ts';
import type { ActionTopics, ActionTypes } from './actionNames.ts';
import { actionlibEndOf, actionlibStatus } from './goalStatus.ts';
import type { ActionlibStatus } from './goalStatus.ts';
import { noRos2Actions } from './noRos2Actions.ts';
import { MAX_TAKEN_GOALS, TakenGoals } from './TakenGoals.ts';
import type { TakenGoal } from './TakenGoals.ts';

/** How often the status of goals is told besides at changes, in milliseconds. */
const STATUS_EVERY_MS = 200;
/** The same while there are no goals; actionlib's clients take a server for gone after 5 s. */
const IDLE_STATUS_EVERY_MS = 1_000;
/** What comes later than this after its goal was published is refused, in nanoseconds. */
const MAX_GOAL_AGE_NS = 5_000_000_000n;

/** Made here and now. */
const fresh = { ageMs: 0, mayBeFlushed: false } as const;
const encoder = new TextEncoder();

/** What an {@link ActionServer} is given. */
export interface ActionServerOptions {
  readonly reader: DoorReader;
  /** The full name. */
  readonly name: string;
  readonly op: OpOf<'advertise_action'> & { readonly type: string };
}

/** One action that a reader provides on the robot: the topics of actionlib as rosbridge's action ops. */
export class ActionServer {
  /** As the reader calls it. */
  readonly calledAs: string;
  readonly type: string;
  readonly #reader: DoorReader;
  readonly #name: string;
  readonly #topics: ActionTopics;
  readonly #types: ActionTypes;
  readonly #goals: TakenGoals;
  readonly #subscriptions: Subscription[] = [];
  readonly #disposers: Disposer[] = [];
  #openedNs = 0n;
  #cancelStatus: Disposer | undefined;
  #isTelling = false;
  #isClosed = false;

  /** Throws `NAME_INVALID`. */
  constructor({ reader, name, op }: ActionServerOptions) {
    this.calledAs = op.action;
    this.type = op.type;
    this.#reader = reader;
    this.#name = name;
    this.#topics = actionTopics(name);
    this.#types = actionTypes(op.type);
    this.#goals = new TakenGoals(reader.clock);
  }

  /** Resolves when ROS knows it. Rejects with `NOT_SUPPORTED` on ROS 2, and what the robot rejects with. */
  async open(): Promise<void> {
    const { robot, graphView } = this.#reader;
    if ((await graphView.snapshot()).rosVersion === 2) throw noRos2Actions(this.#name);
    this.#openedNs = robot.nowNs();
    await this.#hear(this.#topics.goal, this.#types.goal, (message) => this.#handleGoal(message));
    await this.#hear(this.#topics.cancel, CANCEL_TYPE, (message) => this.#handleCancel(message));
    await this.#advertise(this.#topics.result, this.#types.result);
    await this.#advertise(this.#topics.feedback, this.#types.feedback);
    // Whoever hears a status may send goals: so it comes last.
    await this.#advertise(this.#topics.status, STATUS_TYPE);
    graphView.forget();
    if (!this.#isClosed) this.#tellStatuses();
  }

  /** Throws `GOAL_UNKNOWN`. */
  handleFeedback(op: OpOf<'action_feedback'>): void {
    const goal = this.#find(op.id);
    this.#publish(this.#topics.feedback, this.#types.feedback, {
      header: this.#header(),
      status: statusOf(goal),
      feedback: op.values ?? {},
    }).catch((error: unknown) => this.#refuse(error, op.id));
  }

  /** Throws `GOAL_UNKNOWN`. */
  handleResult(op: OpOf<'action_result'>): void {
    const goal = this.#find(op.id);
    const text = typeof op.values === 'string' ? op.values : '';
    const values = typeof op.values === 'object' && op.values !== null ? op.values : {};
    const status = op.result ? actionlibEndOf(op.status) : actionlibStatus.aborted;
    this.#end(goal, status, text, values).catch((error: unknown) => {
      this.#refuse(error, op.id);
      // Whoever waits is told in any case.
      const why = error instanceof RosError ? error.message : 'the result could not be sent';
      this.#end(goal, actionlibStatus.aborted, why, {}).catch(() => undefined);
    });
  }

  /** Open goals end as aborted. Idempotent. */
  close(why: string): void {
    if (this.#isClosed) return;
    for (const goal of this.#goals.open) this.#end(goal, actionlibStatus.aborted, why, {}).catch(() => undefined);
    this.#isClosed = true;
    this.#cancelStatus?.();
    for (const subscription of this.#subscriptions.splice(0)) subscription.close();
    for (const dispose of this.#disposers.splice(0)) dispose();
  }

  async #hear(topic: string, type: string, handleMessage: (message: Message) => void): Promise<void> {
    const subscription = await this.#reader.robot.graph.subscribe(
      { topic, type },
      {
        handleMessage: (message) => {
          // What was published last comes first, however old it is.
          if (this.#isClosed || message.logTime < this.#openedNs) return;
          try {
            handleMessage(message);
          } catch (error) {
            this.#reader.statuses.refuse(error, { about: topic });
          }
        },
        handleProblem: (error) => this.#reader.statuses.refuse(error, { about: topic }),
      },
    );
    if (this.#isClosed) subscription.close();
    else this.#subscriptions.push(subscription);
  }

  async #advertise(topic: string, type: string): Promise<void> {
    const dispose = await this.#reader.robot.outputs.advertise({ topic, type });
    if (this.#isClosed) dispose();
    else this.#disposers.push(dispose);
  }

  #handleGoal(message: Message): void {
    const goalId = goalIdOf(message);
    const openBefore = this.#goals.open.length;
    const goal = this.#goals.add(goalId);
    if (goal === undefined) return;
    const isLate = this.#reader.robot.nowNs() - message.logTime > MAX_GOAL_AGE_NS;
    if (this.#goals.wasCancelled(goalId.id))
      this.#refuseGoal(goal, actionlibStatus.recalled, 'cancelled before it came');
    else if (isLate) this.#refuseGoal(goal, actionlibStatus.rejected, 'COMMAND_EXPIRED: the goal came too late');
    else if (openBefore >= MAX_TAKEN_GOALS) {
      this.#refuseGoal(goal, actionlibStatus.rejected, `LIMIT_EXCEEDED: ${MAX_TAKEN_GOALS} goals are open`);
    } else {
      const [id, action, type] = [goalId.id, this.calledAs, this.type].map((text) => JSON.stringify(text));
      this.#reader.send(
        `{"op":"send_action_goal","id":${id},"action":${action},"action_type":${type},` +
          `"args":${message.transcoded(goalJson)},"feedback":true}`,
      );
      this.#tellStatuses();
    }
  }

  #handleCancel(message: Message): void {
    for (const goal of this.#goals.cancel(cancelledIdOf(message))) {
      this.#goals.set(goal, actionlibStatus.preempting, '');
      this.#reader.send(stringifyExact({ op: 'cancel_action_goal', id: goal.goalId.id, action: this.calledAs }));
    }
    this.#tellStatuses();
  }

  #refuseGoal(goal: TakenGoal, status: ActionlibStatus, text: string): void {
    this.#end(goal, status, text, {}).catch((error: unknown) => this.#refuse(error, goal.goalId.id));
  }

  async #end(goal: TakenGoal, status: ActionlibStatus, text: string, result: object): Promise<void> {
    this.#goals.set(goal, status, text.slice(0, 1_000));
    const sent = this.#publish(this.#topics.result, this.#types.result, {
      header: this.#header(),
      status: statusOf(goal),
      result,
    });
    this.#tellStatuses();
    await sent;
  }

  #find(id: unknown): TakenGoal {
    const goal = this.#goals.find(String(id));
    if (goal !== undefined) return goal;
    throw new RosError(
      'GOAL_UNKNOWN',
      `${this.#name} has no open goal ${String(id).slice(0, 100)}: it is over, or was given up.`,
    );
  }

  /** Now, and again after a while. On a slow way one is under way at a time. */
  #tellStatuses(): void {
    if (this.#isClosed) return;
    const { told } = this.#goals;
    this.#cancelStatus?.();
    const everyMs = told.length > 0 ? STATUS_EVERY_MS : IDLE_STATUS_EVERY_MS;
    this.#cancelStatus = this.#reader.clock.after(everyMs, () => this.#tellStatuses());
    if (this.#isTelling) return;
    this.#isTelling = true;
    const end = (): void => {
      this.#isTelling = false;
    };
    const list = { header: this.#header(), status_list: told.map(statusOf) };
    this.#publish(this.#topics.status, STATUS_TYPE, list).then(end, (error: unknown) => {
      end();
      this.#refuse(error, undefined);
    });
  }

  async #publish(topic: string, type: string, message: unknown): Promise<void> {
    if (this.#isClosed) return;
    const data = encoder.encode(stringifyExact(message));
    await this.#reader.robot.outputs.publish({ topic, type, encoding: 'json', data, ...fresh });
  }

  #header(): unknown {
    const ns = this.#reader.robot.nowNs();
    return { stamp: { secs: Number(ns / 1_000_000_000n), nsecs: Number(ns % 1_000_000_000n) } };
  }

  #refuse(error: unknown, id: string | number | bigint | undefined): void {
    if (!this.#isClosed) this.#reader.statuses.refuse(error, { about: this.#name, id });
  }
}

const statusOf = ({ goalId: { id, stamp }, status, text }: TakenGoal): unknown => ({
  goal_id: { stamp: { secs: stamp.sec, nsecs: stamp.nsec }, id },
  status,
  text,
});
