import { RosError } from '@longline/ros';
import type { Disposer, Message, Subscription, TopicInfo } from '@longline/ros';
import type { DoorReader } from '../DoorReader.ts';
import { actionOfFeedback, actionTopics, actionTypes, CANCEL_TYPE } from './actionNames.ts';
import type { ActionTopics, ActionTypes } from './actionNames.ts';
import { noRos2Actions } from './noRos2Actions.ts';

/** An action server is waited for at most so long, in milliseconds. */
export const FIND_SERVER_MS = 5_000;
/** How often it is looked for meanwhile, in milliseconds. */
const LOOK_EVERY_MS = 100;

const heard = ['status', 'feedback', 'result'] as const;
/** What an action server says. */
export type Heard = (typeof heard)[number];

/** What an {@link ActionLink} is given. */
export interface ActionLinkOptions {
  readonly reader: DoorReader;
  /** The full name. */
  readonly name: string;
  readonly handleMessage: (what: Heard, message: Message) => void;
}

/** One reader's way to an action server: what it says is heard before anything is sent. */
export class ActionLink {
  readonly topics: ActionTopics;
  readonly #options: ActionLinkOptions;
  readonly #subscriptions: Subscription[] = [];
  readonly #disposers: Disposer[] = [];
  /** Types of what can be heard now. */
  readonly #heard = new Map<Heard, string>();
  #opening: Promise<void> | undefined;
  #advertising: Promise<void> | undefined;
  #finding: Promise<ActionTypes> | undefined;
  #isClosed = false;

  constructor(options: ActionLinkOptions) {
    this.#options = options;
    this.topics = actionTopics(options.name);
  }

  /**
   * Resolves when an action server hears and is heard, to its types; calls meanwhile share the answer, so they keep their order. Rejects with
   * `ACTION_UNKNOWN` after 5 s, `NOT_SUPPORTED` on ROS 2, and what the robot rejects with.
   */
  find(): Promise<ActionTypes> {
    this.#finding ??= this.#find().finally(() => {
      this.#finding = undefined;
    });
    return this.#finding;
  }

  /** Idempotent. */
  close(): void {
    this.#isClosed = true;
    for (const subscription of this.#subscriptions.splice(0)) subscription.close();
    for (const dispose of this.#disposers.splice(0)) dispose();
  }

  async #find(): Promise<ActionTypes> {
    const { reader, name } = this.#options;
    const { clock } = reader;
    const untilMs = clock.monotonicMs() + FIND_SERVER_MS;
    for (;;) {
      const { rosVersion, topics } = await reader.graphView.snapshot();
      if (rosVersion === 2) throw noRos2Actions(name);
      if (this.#isClosed) throw new RosError('GRAPH_CLOSED', 'The client is gone.');
      await (this.#opening ??= this.#open());
      let lacking = this.#lacking(topics);
      if (lacking === undefined) {
        const types = this.#types();
        await (this.#advertising ??= this.#advertise(types));
        if (this.#isGoalHeard(topics)) return types;
        lacking = `nobody hears ${this.topics.goal}`;
      }
      if (clock.monotonicMs() >= untilMs) throw actionUnknown(name, lacking);
      await new Promise<void>((resolve) => void clock.after(LOOK_EVERY_MS, resolve));
    }
  }

  /** What has to be seen before goals can be sent. */
  #lacking(topics: readonly TopicInfo[]): string | undefined {
    const { status } = this.topics;
    const isServed = topics.some(({ name, publishers }) => name === status && publishers.length > 0);
    if (!isServed) return `nobody publishes ${status}`;
    const missing = heard.find((what) => !this.#heard.has(what));
    return missing === undefined ? undefined : `nothing can be heard on ${this.topics[missing]}`;
  }

  /** A graph does not show what its own node hears, so an action that is provided through it is told by what that node publishes. */
  #isGoalHeard(topics: readonly TopicInfo[]): boolean {
    const goal = topics.find(({ name }) => name === this.topics.goal);
    if (goal === undefined) return false;
    if (goal.subscribers.length > 0) return true;
    const servers = topics.find(({ name }) => name === this.topics.status)?.publishers ?? [];
    const { channels } = this.#options.reader.robot;
    return servers.some((node) => goal.publishers.includes(node)) && channels.find(goal.name) !== undefined;
  }

  async #open(): Promise<void> {
    const { reader, handleMessage } = this.#options;
    try {
      for (const what of heard) {
        const subscription = await reader.robot.graph.subscribe(
          { topic: this.topics[what] },
          {
            handleChannel: ({ schema }) => this.#heard.set(what, schema.name),
            handleMessage: (message) => {
              if (!this.#isClosed) handleMessage(what, message);
            },
          },
        );
        if (this.#isClosed) subscription.close();
        else this.#subscriptions.push(subscription);
      }
    } catch (error) {
      // What failed once may succeed later.
      for (const subscription of this.#subscriptions.splice(0)) subscription.close();
      this.#opening = undefined;
      throw error;
    }
  }

  async #advertise({ goal }: ActionTypes): Promise<void> {
    const { robot, graphView } = this.#options.reader;
    const advertisements = [
      { topic: this.topics.goal, type: goal },
      { topic: this.topics.cancel, type: CANCEL_TYPE },
    ];
    try {
      for (const advertisement of advertisements) {
        const dispose = await robot.outputs.advertise(advertisement);
        if (this.#isClosed) dispose();
        else this.#disposers.push(dispose);
      }
      graphView.forget();
    } catch (error) {
      for (const dispose of this.#disposers.splice(0)) dispose();
      this.#advertising = undefined;
      throw error;
    }
  }

  #types(): ActionTypes {
    const feedback = this.#heard.get('feedback') ?? '';
    const type = actionOfFeedback(feedback);
    if (type !== undefined) return actionTypes(type);
    throw new RosError('TYPE_MISMATCH', `${this.topics.feedback} has type ${feedback}, which no action has.`, {
      details: { topic: this.topics.feedback, actual: feedback },
    });
  }
}

const actionUnknown = (name: string, lacking: string): RosError =>
  new RosError('ACTION_UNKNOWN', `No action server answers to ${name}: after ${FIND_SERVER_MS / 1_000} s ${lacking}.`, {
    details: { action: name },
  });
